// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::DeferredConfig config;
  config.mode = fa::DeferredProcessing::Explicit;
  alloc.configure_deferred(config);  // expect: FA204
  const auto frame = alloc.scoped_frame();
}
