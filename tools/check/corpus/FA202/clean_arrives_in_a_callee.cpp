// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void done(fa::FrameBarrier& barrier) { barrier.arrive_and_wait(); }
void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(2);
  alloc.begin_frame();
  std::thread physics([&] {
    *alloc.frame_alloc<int>() = 1;
    done(barrier);
  });
  barrier.arrive_and_wait();
  alloc.end_frame();
  physics.join();
}
