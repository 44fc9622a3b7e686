// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(1);
  alloc.begin_frame();
  auto task = std::async(std::launch::async, [&] {  // expect: FA202
    *alloc.frame_alloc<int>() = 1;
  });
  barrier.signal_frame_complete();
  barrier.wait_all();
  alloc.end_frame();
  task.wait();
}
