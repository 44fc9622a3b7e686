// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* inner = alloc.frame_alloc<int>();
  *inner = 2;
  int** outer = &inner;
  alloc.end_frame();
  return **outer;  // expect: FA606
}
