// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::DeferredConfig config = fa::DeferredConfig::explicit_only();
  config.mode = fa::DeferredProcessing::AtFrameBegin;
  alloc.configure_deferred(config);
  const auto frame = alloc.scoped_frame();
}
