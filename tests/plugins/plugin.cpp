// SPDX-License-Identifier: MIT OR Apache-2.0
// A plugin with a copy of framealloc of its own, as a game's code that is loaded anew while it
// runs.
#include <framealloc/framealloc.hpp>

#include <cstdint>

namespace fa = framealloc;

namespace {

struct Enemy {
  std::uint64_t health;
  char name[24];
};

// Lives from the plugin's loading to its unloading, on whatever threads they happen.
fa::SmartAlloc& allocator() {
  static fa::SmartAlloc alloc(fa::AllocConfig::minimal());
  return alloc;
}

}  // namespace

// Effect: uses memory of each kind, on the calling thread. Result: `seed` when all of it held.
extern "C" __attribute__((visibility("default"))) std::uint64_t plugin_use(std::uint64_t seed) {
  fa::SmartAlloc& shared = allocator();
  fa::SmartAlloc own(fa::AllocConfig::minimal());
  own.begin_frame();
  auto names = own.frame_vec<std::uint64_t>();
  for (std::uint64_t i = 0; i < 100; ++i) names.push_back(seed + i);
  auto by_key = own.frame_map<int, int>(8);
  by_key.try_emplace(1, 2);
  auto box = own.heap_box<Enemy>();
  const auto handle = own.handles().alloc<Enemy>();
  Enemy* const enemy = shared.pool_alloc<Enemy>();
  enemy->health = seed;
  const std::uint64_t seen = names[99] - 99 == seed ? enemy->health : 0;
  shared.pool_free(enemy);
  (void)own.handles().free(handle);
  own.end_frame();
  return seen;
}
