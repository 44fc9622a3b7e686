// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <latch>
#include <thread>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 0;
  std::latch done(1);
  std::thread([cell, &done] {
    *cell = 1;
    done.count_down();
  }).detach();
  done.wait();
  const int seen = *cell;
  alloc.end_frame();
  return seen;
}
