// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    fa::PoolBox<int> cell = alloc.pool_box<int>(i);
    sum += *cell;
  }
  return sum;
}
