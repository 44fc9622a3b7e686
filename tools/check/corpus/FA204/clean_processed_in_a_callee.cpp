// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void housekeeping(fa::SmartAlloc& alloc) { (void)alloc.process_deferred_frees(1000); }
void run(fa::SmartAlloc& alloc) {
  alloc.configure_deferred(fa::DeferredConfig::explicit_only());
  alloc.begin_frame();
  housekeeping(alloc);
  alloc.end_frame();
}
