// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  const fa::TagScope tag = alloc.tag_scope("audio");  // expect: FA801
  return *alloc.frame_new<int>(1);
}
