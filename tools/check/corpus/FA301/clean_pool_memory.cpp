// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

bool pop(int& item);
void run(fa::SmartAlloc& alloc) {
  auto items = alloc.pool_vec<int>();
  int item = 0;
  while (pop(item)) items.push_back(item);
}
