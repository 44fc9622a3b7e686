// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameArena& arena = alloc.frame_arena();
  const fa::FrameCheckpoint start = arena.checkpoint();
  int& temporary = *arena.alloc<int>();
  temporary = 3;
  arena.rewind(start);
  return temporary;  // expect: FA606
}
