// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
Hit* g_hit = nullptr;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto hit = alloc.frame_retained<Hit>(fa::RetentionPolicy::Discard);
  hit->id = 1;
  g_hit = hit.get();  // expect: FA605
}
