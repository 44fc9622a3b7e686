// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::pmr::vector<int> ids(alloc.frame_resource());
  ids.reserve(8);
  ids.push_back(3);
  alloc.end_frame();
  return static_cast<std::size_t>(ids.front());  // expect: FA606
}
