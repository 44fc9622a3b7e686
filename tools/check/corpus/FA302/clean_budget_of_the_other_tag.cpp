// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

std::vector<fa::HeapBox<int>> g_tables;
void set_up(fa::SmartAlloc& alloc) {
  fa::BudgetManager& budgets = *alloc.budgets();
  budgets.register_tag_budget("ui", 1024, 2048);
  budgets.register_tag_budget("tables", 1024, 2048);
}
void load(fa::SmartAlloc& alloc) {
  const auto tag = alloc.tag_scope("tables");
  g_tables.push_back(alloc.heap_box<int>(1));
}
