// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(1);
  alloc.set_frame_barrier(&barrier);
  alloc.begin_frame();
  std::jthread worker([&] {  // expect: FA202
    fa::FrameVec<int> mine = alloc.frame_vec<int>(16);
    mine.push_back(1);
  });
  barrier.arrive_and_wait();
  alloc.end_frame();
}
