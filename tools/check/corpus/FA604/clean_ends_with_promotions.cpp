// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
std::size_t run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto path = alloc.frame_retained<Path>(fa::RetentionPolicy::PromoteToPool);
  path->cost = 1;
  return alloc.end_frame_with_promotions().promoted.size();
}
