// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

Sequence<int*> cells(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  co_yield cell;  // expect: FA702
}
