// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
template <class Work>
void in_a_frame(fa::SmartAlloc& alloc, Work&& work) {
  alloc.begin_frame();
  work();
  alloc.end_frame();
}
void run(fa::SmartAlloc& alloc) {
  in_a_frame(alloc, [&] {
    auto path = alloc.frame_with_importance<Path>(fa::Importance::Reusable);  // expect: FA604
    path->cost = 1;
  });
}
