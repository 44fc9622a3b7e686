// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <memory_resource>
#include <span>
#include <vector>

namespace fa = framealloc;

std::size_t edges(fa::SmartAlloc& alloc, std::span<const int> points) {
  const auto frame = alloc.scoped_frame();
  std::pmr::vector<int> lengths(alloc.frame_resource());
  std::pmr::vector<int> first(alloc.frame_resource());
  lengths.reserve(points.size());
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    lengths.push_back(points[i + 1] - points[i]);
  }
  for (std::size_t i = 0; i + 1 < 4; ++i) first.push_back(lengths[i]);
  return lengths.size() + first.size();
}
