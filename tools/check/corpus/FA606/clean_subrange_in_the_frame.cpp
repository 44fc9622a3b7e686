// SPDX-License-Identifier: MIT OR Apache-2.0
// A part of a range that an algorithm found is walked while the frame is open; how long it is is a number.
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
  int sum = 0;
  for (const Item& item : same) sum += item.value;
  const std::size_t count = same.size();
  alloc.end_frame();
  return sum * static_cast<int>(count);
}
