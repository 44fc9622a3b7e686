// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(const fa::SmartAlloc& alloc) {
  fa::SmartAlloc mine = alloc;
  fa::SmartAlloc yours = mine;
  mine.begin_frame();
  int* both = mine.frame_alloc<int>();
  *both = 1;
  yours.end_frame();
  return *both;  // expect: FA606
}
