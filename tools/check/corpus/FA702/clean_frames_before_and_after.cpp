// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  int* cell = nullptr;
  {
    const auto frame = alloc.scoped_frame();
    cell = alloc.frame_alloc<int>();
    *cell = 1;
    use(*cell);
  }
  cell = nullptr;
  co_await tick();
  {
    const auto frame = alloc.scoped_frame();
    cell = alloc.frame_alloc<int>();
    *cell = 2;
    use(*cell);
  }
}
