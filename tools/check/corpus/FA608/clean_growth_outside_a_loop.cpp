// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> list(alloc.frame_resource());
  list.push_back(1);
  list.push_back(2);
  return list.size();
}
