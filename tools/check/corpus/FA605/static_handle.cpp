// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
int run(fa::SmartAlloc& alloc) {
  static fa::FrameRetained<Hit> kept;
  auto hit = alloc.frame_retained<Hit>(fa::RetentionPolicy::Discard);
  hit->id = 4;
  const int id = hit->id;
  kept = std::move(hit);  // expect: FA605
  return id;
}
