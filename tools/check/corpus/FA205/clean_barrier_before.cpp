// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(2);
  alloc.begin_frame();
  std::thread worker([&] {
    *alloc.frame_alloc<int>() = 1;
    barrier.signal_frame_complete();
  });
  barrier.signal_frame_complete();
  barrier.wait_all();
  alloc.end_frame();
  worker.join();
}
