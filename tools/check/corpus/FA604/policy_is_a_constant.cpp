// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
constexpr fa::RetentionPolicy kKeep = fa::RetentionPolicy::PromoteToPool;
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto path = alloc.frame_retained<Path>(kKeep);  // expect: FA604
  path->cost = 1;
  alloc.end_frame();
}
