// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, bool server) {
  if (server) {
    alloc.configure_deferred(fa::DeferredConfig::explicit_only());  // expect: FA204
  } else {
    alloc.configure_deferred(fa::DeferredConfig::bounded(256));
  }
  alloc.begin_frame();
  alloc.end_frame();
}
