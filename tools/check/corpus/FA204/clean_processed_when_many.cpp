// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, int frames) {
  alloc.configure_deferred(fa::DeferredConfig::explicit_only());
  for (int i = 0; i < frames; ++i) {
    const auto frame = alloc.scoped_frame();
    if (alloc.stats().deferred_free_count > 100) (void)alloc.process_deferred_frees(100);
  }
}
