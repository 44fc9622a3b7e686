// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameArena& arena = alloc.frame_arena();
  int* longest = nullptr;
  {
    fa::ArenaScope scope(arena);
    int* path = arena.alloc_batch<int>(8);
    path[0] = 4;
    longest = path;
  }
  return longest[0];  // expect: FA606
}
