// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
int find(fa::SmartAlloc& alloc) {
  auto path = alloc.frame_retained<Path>(fa::RetentionPolicy::PromoteToPool);
  path->cost = 2;
  return path->cost;
}
