// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread first([&] { *alloc.frame_alloc<int>() = 1; });
  std::thread second([&] { *alloc.frame_alloc<int>() = 2; });
  first.join();
  alloc.end_frame();  // expect: FA205
  second.join();
}
