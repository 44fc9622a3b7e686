// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

void fill(std::pmr::vector<int>& list, int count) {
  for (int i = 0; i < count; ++i) list.push_back(i);  // expect: FA608
}
std::size_t run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> list(alloc.frame_resource());
  fill(list, count);
  return list.size();
}
