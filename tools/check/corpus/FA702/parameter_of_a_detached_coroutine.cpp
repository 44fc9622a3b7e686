// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task consume(std::span<int> values) {
  co_await tick();
  use(values[0]);
}
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto cells = alloc.frame_slice<int>(8);
  cells[0] = 1;
  consume(cells);  // expect: FA702
}
