// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    const auto scope = alloc.frame_scope();
    int* cell = alloc.frame_alloc<int>();
    *cell = i;
    sum += *cell;
  }
  return sum;
}
