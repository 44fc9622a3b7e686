// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const auto policy = fa::RetentionPolicy::PromoteToScratch("paths");
  auto path = alloc.frame_retained<Path>(policy);  // expect: FA604
  path->cost = 1;
  alloc.end_frame();
}
