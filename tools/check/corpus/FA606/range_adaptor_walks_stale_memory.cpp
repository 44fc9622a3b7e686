// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <ranges>

namespace fa = framealloc;

int odd_total(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto numbers = alloc.frame_vec<int>(16);
  for (int i = 0; i < 16; ++i) numbers.push_back(i);
  auto odd = numbers.span() | std::views::filter([](int each) { return each % 2 != 0; });
  alloc.end_frame_with_summary();
  int total = 0;
  for (const int each : odd) total += each;  // expect: FA606
  return total;
}
