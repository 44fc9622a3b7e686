// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  std::size_t sum = 0;
  for (int i = 0; i < count; ++i) {
    std::pmr::vector<int> pair(alloc.frame_resource());
    pair.push_back(i);
    sum += pair.size();
  }
  return sum;
}
