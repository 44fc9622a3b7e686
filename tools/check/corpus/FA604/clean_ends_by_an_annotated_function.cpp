// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
FRAMEALLOC_END_FRAME void finish(fa::SmartAlloc& alloc);
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto path = alloc.frame_retained<Path>(fa::RetentionPolicy::PromoteToPool);
  path->cost = 1;
  finish(alloc);
}
