// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  fa::FrameArena& arena = alloc.frame_arena();
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    int* cell = arena.alloc<int>();  // expect: FA602
    *cell = i;
    sum += *cell;
  }
  return sum;
}
