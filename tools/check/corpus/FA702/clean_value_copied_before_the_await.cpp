// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  std::vector<int> copies;
  {
    const auto frame = alloc.scoped_frame();
    auto cells = alloc.frame_vec<int>(8);
    cells.push_back(3);
    copies.assign(cells.begin(), cells.end());
  }
  co_await tick();
  for (const int copy : copies) {
    use(copy);
    co_await tick();
  }
}
