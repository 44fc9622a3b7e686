// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  return alloc.with_tag("search", [&] {
    fa::FrameVec<int> open = alloc.frame_vec<int>(4);
    open.push_back(1);
    return open[0];
  });
}
