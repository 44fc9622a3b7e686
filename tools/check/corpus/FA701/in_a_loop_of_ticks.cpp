// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

Task run(fa::SmartAlloc& alloc, int turns) {
  for (int i = 0; i < turns; ++i) {
    co_await tick();
    if (i % 2 == 0) *alloc.frame_alloc<int>() = i;  // expect: FA701
  }
}
