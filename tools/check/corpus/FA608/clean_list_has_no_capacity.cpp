// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <list>
#include <memory_resource>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  std::pmr::list<int> list(alloc.frame_resource());
  for (int i = 0; i < count; ++i) list.push_back(i);
  return list.size();
}
