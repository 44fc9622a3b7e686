// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int> found = alloc.frame_vec<int>(8);
  {
    const auto scope = alloc.frame_scope();
    (void)found.try_push(1);
  }
  return found.empty() ? 0 : found[0];
}
