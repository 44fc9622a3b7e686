// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

Sequence<int> numbers(fa::SmartAlloc& alloc) {
  int value = 0;
  {
    int* cell = alloc.frame_new<int>(7);  // expect: FA701
    value = *cell;
  }
  co_yield value;
}
