// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void load(fa::SmartAlloc& alloc) { alloc.heap_free(alloc.heap_alloc<int>(64)); }
void run() {
  fa::AllocConfig config;
  config.with_budgets();
  fa::SmartAlloc alloc(config);
  std::jthread loader([&] { load(alloc); });  // expect: FA203
}
