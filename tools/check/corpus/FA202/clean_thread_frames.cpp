// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(1);
  alloc.begin_frame();
  std::thread audio([&] {
    alloc.begin_thread_frame();
    *alloc.frame_alloc<int>() = 1;
    alloc.end_thread_frame();
  });
  barrier.arrive_and_wait();
  alloc.end_frame();
  audio.join();
}
