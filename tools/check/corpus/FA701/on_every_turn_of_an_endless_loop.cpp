// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task patrol(fa::SmartAlloc& alloc) {
  while (true) {
    int* step = alloc.frame_alloc<int>();  // expect: FA701
    *step = 1;
    use(*step);
    co_await tick();
  }
}
