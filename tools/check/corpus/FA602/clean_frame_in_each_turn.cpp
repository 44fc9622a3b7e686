// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    alloc.begin_frame();
    int* cell = alloc.frame_alloc<int>();
    *cell = i;
    sum += *cell;
    alloc.end_frame();
  }
  return sum;
}
