// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>
#include <vector>

namespace fa = framealloc;

std::vector<fa::PoolBox<int>> g_items;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
void add(fa::SmartAlloc& alloc) {
  {
    const auto tag = alloc.tag_scope("probe");
    const fa::PoolBox<int> probe = alloc.pool_box<int>(0);
  }
  g_items.push_back(alloc.pool_box<int>(1));
}
