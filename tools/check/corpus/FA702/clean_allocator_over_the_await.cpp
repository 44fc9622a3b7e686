// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(std::size_t bytes);
Task run(fa::SmartAlloc& alloc) {
  fa::SmartAlloc mine = alloc;
  co_await tick();
  use(mine.frame_remaining());
}
