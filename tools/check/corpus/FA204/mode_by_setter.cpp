// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.configure_deferred(  // expect: FA204
      fa::DeferredConfig{}.with_mode(fa::DeferredProcessing::Explicit).with_capacity(64));
  alloc.begin_frame();
  alloc.end_frame();
}
