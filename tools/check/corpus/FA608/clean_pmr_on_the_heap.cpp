// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, int count) {
  std::pmr::vector<int> list(alloc.heap_resource());
  for (int i = 0; i < count; ++i) list.push_back(i);
  return list.size();
}
