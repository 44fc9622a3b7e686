// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Boss {
  int phase = 1;
};
fa::FrameBox<Boss> g_boss;
void spawn(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  g_boss = alloc.frame_box<Boss>();  // expect: FA601
}
