// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.configure_deferred(fa::DeferredConfig::incremental(8));
  alloc.begin_frame();
  alloc.end_frame();
}
