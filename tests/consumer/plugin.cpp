// SPDX-License-Identifier: MIT OR Apache-2.0
// Code of a user's that is loaded while the program runs, and unloaded again.
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

#define EXPORT extern "C" __attribute__((visibility("default")))

// Works whether the plugin shares the host's library or brings its own.
EXPORT int plugin_use() {
  fa::SmartAlloc alloc(fa::AllocConfig::minimal());
  const auto open = alloc.scoped_frame();
  auto numbers = alloc.frame_vec<int>();
  for (int i = 0; i < 100; ++i) numbers.push_back(i);
  return numbers[99];
}

#if PLUGIN_SHARES_LIBRARY
// Result: a block of the host's allocator that outlives the plugin, as does the record of this
// call.
EXPORT void* plugin_leave(fa::SmartAlloc& host) {
  auto* const left = host.pool_alloc<long[10]>();
  (void)host.heap_alloc<char>(100'000);
  host.pool_free(host.pool_alloc<int>());
  for (int i = 0; i < 40; ++i) host.end_frame();  // reported as FA004, more often than is told
  return left;
}
#endif
