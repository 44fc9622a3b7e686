// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <thread>

namespace fa = framealloc;

fa::FrameBarrier g_barrier(2);
void physics(fa::SmartAlloc& alloc) {
  g_barrier.register_thread("physics");
  *alloc.frame_alloc<int>() = 1;
  g_barrier.signal_frame_complete();
}
void render(fa::SmartAlloc& alloc) { *alloc.frame_alloc<int>() = 1; }
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread first(physics, std::ref(alloc));
  std::thread second(render, std::ref(alloc));  // expect: FA202
  g_barrier.signal_frame_complete();
  g_barrier.wait_all();
  alloc.end_frame();
  first.join();
  second.join();
}
