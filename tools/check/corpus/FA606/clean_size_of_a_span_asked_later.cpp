// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

struct Stats {
  std::size_t visible = 0;
  float nearest = 0;
};

Stats cull(fa::SmartAlloc& alloc, std::span<const float> depths) {
  Stats stats;
  alloc.begin_frame();
  auto visible = alloc.frame_vec<float>(depths.size());
  for (const float depth : depths)
    if (depth < 100) visible.push_back(depth);
  const std::span<const float> seen(visible.data(), visible.size());
  if (!seen.empty()) stats.nearest = seen.front();
  alloc.end_frame();
  stats.visible = seen.size();
  return stats;
}
