// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  auto cells = alloc.frame_slice<int>(4);  // expect: FA701
  cells[0] = 1;
  use(cells[0]);
  co_return;
}
