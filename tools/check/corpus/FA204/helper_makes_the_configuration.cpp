// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

fa::DeferredConfig deferred_of_the_game() {
  fa::DeferredConfig config = fa::DeferredConfig::explicit_only();
  config.with_capacity(512);
  return config;
}
void run(fa::SmartAlloc& alloc) {
  alloc.configure_deferred(deferred_of_the_game());  // expect: FA204
  const auto frame = alloc.scoped_frame();
}
