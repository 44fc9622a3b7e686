// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task consume(const int* value) {
  co_await tick();
  use(*value);
}
void run(fa::SmartAlloc& alloc) {
  int* cell = alloc.pool_alloc<int>();
  *cell = 1;
  consume(cell);
}
