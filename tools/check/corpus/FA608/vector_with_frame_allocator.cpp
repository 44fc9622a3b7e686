// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::span<const int> values) {
  const auto frame = alloc.scoped_frame();
  std::vector<int, fa::FrameAllocator<int>> list{fa::FrameAllocator<int>(alloc)};
  for (const int value : values) list.push_back(value);  // expect: FA608
  return list.size();
}
