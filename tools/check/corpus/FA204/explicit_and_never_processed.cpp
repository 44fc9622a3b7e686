// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.configure_deferred(fa::DeferredConfig::explicit_only());  // expect: FA204
  for (int i = 0; i < 100; ++i) {
    alloc.begin_frame();
    alloc.end_frame();
  }
}
