// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto cells = alloc.frame_slice<int>(8);
  cells[0] = 1;
  co_await tick();  // expect: FA702
  use(cells[0]);
}
