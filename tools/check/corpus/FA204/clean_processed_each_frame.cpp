// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.configure_deferred(fa::DeferredConfig::explicit_only());
  for (int i = 0; i < 100; ++i) {
    alloc.begin_frame();
    alloc.process_deferred_frees(64);
    alloc.end_frame();
  }
}
