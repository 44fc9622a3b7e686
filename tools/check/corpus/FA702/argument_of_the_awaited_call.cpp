// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

Tick send(const int* values);
Task run(fa::SmartAlloc& alloc) {
  int* values = alloc.frame_alloc_batch<int>(4);
  values[0] = 1;
  co_await send(values);  // expect: FA702
}
