// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <span>
#include <unordered_map>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::span<const int> keys) {
  const auto frame = alloc.scoped_frame();
  std::pmr::unordered_map<int, int> seen(alloc.frame_resource());
  for (const int key : keys) {
    seen.emplace(key, 1);  // expect: FA608
  }
  return seen.size();
}
