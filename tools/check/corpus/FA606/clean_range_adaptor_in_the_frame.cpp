// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <ranges>
#include <vector>

namespace fa = framealloc;

std::vector<int> odd_ones(fa::SmartAlloc& alloc) {
  std::vector<int> kept;
  alloc.begin_frame();
  auto numbers = alloc.frame_vec<int>(16);
  for (int i = 0; i < 16; ++i) numbers.push_back(i);
  auto odd = numbers.span() | std::views::filter([](int each) { return each % 2 != 0; }) |
             std::views::transform([](int each) { return each * 3; });
  std::ranges::copy(odd, std::back_inserter(kept));
  alloc.end_frame();
  return kept;
}
