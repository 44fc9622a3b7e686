// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

#include "../support/task.hpp"

namespace fa = framealloc;

std::span<int> visible(fa::SmartAlloc& alloc) {
  auto ids = alloc.frame_slice<int>(4);
  ids[0] = 1;
  return ids;
}
void show(int id);
Task patrol(fa::SmartAlloc& alloc) {
  const auto ids = visible(alloc);  // expect: FA701
  show(ids[0]);
  co_await tick();
}
