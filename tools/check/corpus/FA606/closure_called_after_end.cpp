// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* speed = alloc.frame_alloc<int>();
  *speed = 9;
  const auto read = [speed] { return *speed; };
  int sum = read();
  alloc.end_frame();
  sum += read();  // expect: FA606
  return sum;
}
