// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, unsigned count) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  while (count-- > 0) {
    int* cell = alloc.frame_alloc<int>();  // expect: FA602
    *cell = 1;
    sum += *cell;
  }
  return sum;
}
