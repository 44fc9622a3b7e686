// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();  // expect: FA701
  *cell = 1;
  use(*cell);
  co_await tick();
}
