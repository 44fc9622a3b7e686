// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
std::vector<Hit*> g_hits;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto hit = alloc.frame_retained<Hit>(fa::RetentionPolicy::Discard);
  g_hits.push_back(hit.get());  // expect: FA605
}
