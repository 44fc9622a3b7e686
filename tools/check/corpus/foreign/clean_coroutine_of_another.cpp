// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run() {
  const auto cell = std::make_unique<int>(1);
  co_await tick();
  use(*cell);
}
