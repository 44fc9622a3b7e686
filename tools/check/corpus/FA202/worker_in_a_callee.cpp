// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void mix(fa::SmartAlloc& alloc) { *alloc.frame_alloc<float>() = 1.0F; }
void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(1);
  alloc.begin_frame();
  std::jthread audio([&] { mix(alloc); });  // expect: FA202
  barrier.arrive_and_wait();
  alloc.end_frame();
}
