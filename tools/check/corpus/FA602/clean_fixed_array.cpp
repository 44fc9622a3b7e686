// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, const std::array<int, 4>& corners) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (const int corner : corners) {
    int* cell = alloc.frame_new<int>(corner);
    sum += *cell;
  }
  return sum;
}
