// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Enemy {
  int health = 1;
};
std::vector<fa::PoolBox<Enemy>> g_enemies;
void set_up(fa::SmartAlloc& alloc) {
  alloc.budgets()->register_tag_budget("enemies", 1 << 20, 1 << 21);
}
void spawn(fa::SmartAlloc& alloc) {
  alloc.with_tag("enemies", [&] { g_enemies.push_back(alloc.pool_box<Enemy>()); });
}
