// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

bool next(std::span<const int>& items);
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::span<const int> items;
  int sum = 0;
  while (next(items)) {  // expect: FA301
    int* copy = alloc.frame_alloc_batch<int>(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) copy[i] = items[i];
    sum += items.empty() ? 0 : copy[0];
  }
  return sum;
}
