// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  fa::PoolBox<int> cell = alloc.pool_box<int>(1);
  co_await tick();
  use(*cell);
}
