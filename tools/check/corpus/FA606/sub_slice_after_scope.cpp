// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameSlice<int> head;
  {
    fa::ArenaScope scope(alloc.frame_arena());
    fa::FrameSlice<int> all = alloc.frame_slice<int>(32);
    head = all.first(4);
  }
  return head[0];  // expect: FA606
}
