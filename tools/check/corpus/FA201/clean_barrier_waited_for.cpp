// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <barrier>
#include <thread>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  std::barrier<> sync(2);
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 0;
  std::thread worker([cell, &sync] {
    *cell = 1;
    sync.arrive_and_wait();
  });
  sync.arrive_and_wait();
  const int seen = *cell;
  alloc.end_frame();
  worker.join();
  return seen;
}
