// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool attempt(int* cell);
bool more();
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  while (more()) {
    const fa::FrameCheckpoint mark = alloc.frame_checkpoint();
    int* cell = alloc.frame_alloc<int>();
    *cell = 0;
    (void)attempt(cell);
    alloc.rollback_to(mark);
  }
}
