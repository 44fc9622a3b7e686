// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<std::size_t> list(count, alloc.frame_resource());
  for (std::size_t i = 0; i < count; ++i) list[i] = i;
  return list.size();
}
