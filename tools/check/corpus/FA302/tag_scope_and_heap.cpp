// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

std::vector<int*> g_tables;
void set_up(fa::SmartAlloc& alloc) {
  if (fa::BudgetManager* budgets = alloc.budgets()) {
    budgets->register_tag_budget("audio", 4096, 8192);
  }
}
void load(fa::SmartAlloc& alloc) {
  const auto tag = alloc.tag_scope("tables");  // expect: FA302
  g_tables.push_back(alloc.heap_alloc<int>(256));
}
