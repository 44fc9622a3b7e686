// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <utility>

namespace fa = framealloc;

struct Pair {
  std::span<int> left;
  std::span<int> right;
};
Pair split(fa::SmartAlloc& alloc, std::size_t count) {
  auto all = alloc.frame_slice<int>(count);
  std::span<int> whole = all;
  return {whole.first(count / 2), whole.subspan(count / 2)};
}
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto [left, right] = split(alloc, 8);
  left[0] = 1;
  alloc.end_frame();
  return right.empty() ? 0 : right.back();  // expect: FA606
}
