// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <tuple>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto values = alloc.frame_slice<int>(16);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto result = std::make_tuple(*low, *high, values.size());
  alloc.end_frame();
  const auto [least, most, count] = result;
  return least + most + static_cast<int>(count);
}
