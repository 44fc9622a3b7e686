// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

std::span<int> row(fa::SmartAlloc& alloc, std::size_t count) {
  std::span<int> cells = alloc.frame_slice<int>(count);
  return cells;
}
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  return row(alloc, 4)[0];
}
