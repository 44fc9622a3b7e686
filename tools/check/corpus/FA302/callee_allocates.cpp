// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

std::vector<fa::PoolBox<int>> g_sounds;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("video", 1024, 2048); }
void add(fa::SmartAlloc& alloc) { g_sounds.push_back(alloc.pool_box<int>(1)); }
void play(fa::SmartAlloc& alloc) {
  alloc.with_tag("sounds", [&] { add(alloc); });  // expect: FA302
}
