// SPDX-License-Identifier: MIT OR Apache-2.0
// A part of a range that an algorithm found, and an optional that an algorithm folded.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>

namespace fa = framealloc;

struct Item {
  int key;
  int value;
};
int sum_of(fa::SmartAlloc& alloc, std::span<const Item> items, int key) {
  alloc.begin_frame();
  auto sorted = alloc.frame_slice<Item>(items.size());
  std::ranges::copy(items, sorted.begin());
  std::ranges::sort(sorted.span(), {}, &Item::key);
  const auto same = std::ranges::equal_range(sorted.span(), key, {}, &Item::key);
  alloc.end_frame();
  int sum = 0;
  for (const Item& item : same) sum += item.value;  // expect: FA606
  return sum;
}
int first_of(fa::SmartAlloc& alloc, std::span<const Item> items, int key) {
  alloc.begin_frame();
  auto sorted = alloc.frame_slice<Item>(items.size());
  std::ranges::copy(items, sorted.begin());
  const auto [first, last] =
      std::equal_range(sorted.begin(), sorted.end(), Item{key, 0},
                       [](const Item& a, const Item& b) { return a.key < b.key; });
  alloc.end_frame();
  return first->value;  // expect: FA606
}
