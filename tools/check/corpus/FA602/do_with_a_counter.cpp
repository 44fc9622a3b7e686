// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  int i = 0;
  do {
    int* cell = alloc.frame_alloc<int>();  // expect: FA602
    *cell = i;
    sum += *cell;
  } while (++i < count);
  return sum;
}
