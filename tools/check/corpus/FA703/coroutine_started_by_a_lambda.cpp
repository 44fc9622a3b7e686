// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void blend(const float* weights);
void animate(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto weights = alloc.frame_slice<float>(4);
  weights[0] = 1;
  [data = weights.data()]() -> Task {  // expect: FA703
    co_await tick();
    blend(data);
  }();
}
