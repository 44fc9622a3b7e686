// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* left = alloc.frame_alloc<int>();
  int* right = alloc.frame_alloc<int>();
  int* both[2] = {left, right};
  *both[0] = *both[1] = 1;
  alloc.end_frame();
  return *both[1];  // expect: FA606
}
