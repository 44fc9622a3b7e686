// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
constexpr fa::RetentionPolicy kPolicy = fa::RetentionPolicy::Discard;
const int* g_id = nullptr;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto hit = alloc.frame_retained<Hit>(kPolicy);
  hit->id = 4;
  g_id = &hit->id;  // expect: FA605
}
