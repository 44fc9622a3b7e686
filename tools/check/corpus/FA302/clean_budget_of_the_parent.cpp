// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

std::vector<fa::PoolBox<int>> g_bodies;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("game", 1024, 2048); }
void add(fa::SmartAlloc& alloc) {
  alloc.with_tag("game::physics", [&] { g_bodies.push_back(alloc.pool_box<int>(1)); });
}
