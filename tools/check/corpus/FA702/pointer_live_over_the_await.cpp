// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  co_await tick();  // expect: FA702
  use(*cell);
}
