// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::span<const int> values) {
  const auto frame = alloc.scoped_frame();
  fa::FrameString text = alloc.frame_string();
  std::size_t total = 0;
  for (const int value : values) {
    fa::FrameSlice<int> row = alloc.frame_slice<int>(4);
    row[0] = value;
    text.append("row;");  // expect: FA608
    total += row.size();
  }
  return total + text.size();
}
