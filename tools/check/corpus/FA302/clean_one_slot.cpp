// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>

namespace fa = framealloc;

std::optional<fa::PoolBox<int>> g_player;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
void join(fa::SmartAlloc& alloc) {
  alloc.with_tag("player", [&] { g_player = alloc.pool_box<int>(1); });
}
