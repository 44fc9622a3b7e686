// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
fa::FrameRetained<Hit> g_hit;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  g_hit = alloc.frame_retained<Hit>(fa::RetentionPolicy::Discard);  // expect: FA605
}
