// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool more();
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int tries = 0;
  while (more()) {
    const fa::CheckpointGuard guard = alloc.checkpoint_guard();
    *alloc.frame_alloc<int>() = ++tries;
  }
  return tries;
}
