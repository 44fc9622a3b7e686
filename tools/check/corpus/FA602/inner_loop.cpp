// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int rows, int columns) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      int* cell = alloc.frame_alloc<int>();  // expect: FA602
      *cell = x * y;
      sum += *cell;
    }
  }
  return sum;
}
