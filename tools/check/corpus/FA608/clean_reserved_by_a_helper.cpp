// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

void prepare(std::pmr::vector<int>& list, std::size_t count) { list.reserve(count); }
std::size_t run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> list(alloc.frame_resource());
  prepare(list, count);
  for (std::size_t i = 0; i < count; ++i) list.push_back(1);
  return list.size();
}
