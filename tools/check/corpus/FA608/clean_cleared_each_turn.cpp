// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <string>
#include <vector>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, const std::vector<int>& values) {
  const auto frame = alloc.scoped_frame();
  std::pmr::string line(alloc.frame_resource());
  std::size_t bytes = 0;
  for (const int value : values) {
    line.clear();
    line.append(static_cast<std::size_t>(value), 'x');
    bytes += line.size();
  }
  return bytes;
}
