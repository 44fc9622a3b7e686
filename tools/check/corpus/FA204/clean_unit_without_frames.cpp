// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void set_up(fa::SmartAlloc& alloc) {
  alloc.configure_deferred(fa::DeferredConfig::explicit_only());
}
