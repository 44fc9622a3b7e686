// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  const fa::FrameCheckpoint before = alloc.frame_checkpoint();
  int* guess = alloc.frame_alloc<int>();
  *guess = 1;
  alloc.rollback_to(before);
  return *guess;  // expect: FA606
}
