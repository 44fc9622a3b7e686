// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  const auto body = [](fa::SmartAlloc& inner) -> Task {
    *inner.frame_alloc<int>() = 1;  // expect: FA701
    co_await tick();
  };
  body(alloc);
}
