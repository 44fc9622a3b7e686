// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

int plain(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  return *cell;
}
Task other(int value) {
  co_await tick();
  (void)value;
}
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  other(plain(alloc));
}
