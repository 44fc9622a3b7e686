// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(1);
  alloc.begin_frame();
  std::thread loader([&] {
    int* block = alloc.pool_alloc<int>();
    alloc.pool_free(block);
  });
  barrier.arrive_and_wait();
  alloc.end_frame();
  loader.join();
}
