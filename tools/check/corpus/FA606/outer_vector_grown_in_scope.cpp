// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int> found = alloc.frame_vec<int>();
  {
    const auto scope = alloc.frame_scope();
    found.push_back(1);  // expect: FA606
  }
  return found.empty() ? 0 : found[0];
}
