// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int i = 0; i < 100; ++i) {
    int* cell = alloc.frame_alloc<int>();  // expect: FA602
    *cell = i;
    sum += *cell;
  }
  return sum;
}
