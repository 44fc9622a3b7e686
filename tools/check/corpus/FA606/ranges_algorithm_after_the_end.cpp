// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>

namespace fa = framealloc;

bool alarm(fa::SmartAlloc& alloc) {
  std::span<const int> levels;
  alloc.begin_frame();
  {
    auto values = alloc.frame_vec<int>(4);
    values.push_back(9);
    levels = values.into_span();
  }
  const bool now = std::ranges::any_of(levels, [](int v) { return v > 8; });
  alloc.end_frame();
  return now && std::ranges::all_of(levels, [](int v) { return v > 8; });  // expect: FA606
}
