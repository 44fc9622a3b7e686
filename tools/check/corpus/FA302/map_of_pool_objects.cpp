// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <map>

namespace fa = framealloc;

struct Quest {
  int stage = 0;
};
std::map<int, fa::PoolBox<Quest>> g_quests;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
void start(fa::SmartAlloc& alloc, int id) {
  const auto tag = alloc.tag_scope("quests");  // expect: FA302
  g_quests.emplace(id, alloc.pool_box<Quest>());
}
