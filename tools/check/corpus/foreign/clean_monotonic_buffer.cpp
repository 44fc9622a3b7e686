// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

std::size_t run(int count) {
  std::pmr::monotonic_buffer_resource arena;
  std::pmr::vector<int> list(&arena);
  for (int i = 0; i < count; ++i) list.push_back(i);
  arena.release();
  return list.size();
}
