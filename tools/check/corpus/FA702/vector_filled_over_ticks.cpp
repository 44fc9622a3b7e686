// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

void use(int value);
Task run(fa::SmartAlloc& alloc) {
  fa::FrameVec<int> list = alloc.frame_vec<int>(8);
  list.push_back(1);
  co_await tick();  // expect: FA702
  use(list[0]);
}
