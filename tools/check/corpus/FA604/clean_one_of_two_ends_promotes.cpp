// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
void run(fa::SmartAlloc& alloc, bool keep) {
  alloc.begin_frame();
  auto path = alloc.frame_retained<Path>(fa::RetentionPolicy::PromoteToPool);
  path->cost = 2;
  if (keep) {
    (void)alloc.end_frame_with_promotions();
  } else {
    alloc.end_frame();
  }
}
