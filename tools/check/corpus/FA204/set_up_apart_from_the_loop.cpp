// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void set_up(fa::SmartAlloc& alloc) {
  const fa::DeferredConfig config{.mode = fa::DeferredProcessing::Explicit};
  alloc.configure_deferred(config);  // expect: FA204
}
void tick(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  alloc.end_frame();
}
