// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
void run(fa::SmartAlloc& alloc, const fa::RetentionPolicy& policy) {
  alloc.begin_frame();
  auto path = alloc.frame_retained<Path>(policy);
  path->cost = 1;
  alloc.end_frame();
}
