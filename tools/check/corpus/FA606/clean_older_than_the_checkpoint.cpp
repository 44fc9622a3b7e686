// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* base = alloc.frame_alloc<int>();
  *base = 1;
  const fa::FrameCheckpoint after = alloc.frame_checkpoint();
  int* guess = alloc.frame_alloc<int>();
  *guess = *base + 1;
  const int tried = *guess;
  alloc.rollback_to(after);
  return *base + tried;
}
