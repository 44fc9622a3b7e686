// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int plan(fa::SmartAlloc& alloc, int tries) {
  const auto frame = alloc.scoped_frame();
  int* best = alloc.frame_new<int>(1);
  const fa::FrameCheckpoint mark = alloc.frame_checkpoint();
  for (int i = 0; i < tries; ++i) {
    int* step = alloc.frame_new<int>(i);
    *best += *step;
    if (!alloc.rollback_to(mark)) break;
  }
  int* last = alloc.frame_new<int>(3);
  return *best + *last;
}
