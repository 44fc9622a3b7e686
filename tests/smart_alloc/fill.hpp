// SPDX-License-Identifier: MIT OR Apache-2.0
// An allocator that is full.
#pragma once

#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <vector>

namespace framealloc::testing {

// Effect: takes heap blocks of `bytes` until the allocator denies one. Result: the blocks.
inline std::vector<std::byte*> fill(SmartAlloc& alloc, std::size_t bytes) {
  std::vector<std::byte*> blocks;
  while (std::byte* const block = alloc.heap_alloc<std::byte>(bytes)) blocks.push_back(block);
  return blocks;
}

}  // namespace framealloc::testing
