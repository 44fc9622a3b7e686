// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <unordered_map>

namespace fa = framealloc;

std::unordered_map<int, fa::PoolBox<int>> g_props;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
void add(fa::SmartAlloc& alloc, int id) {
  alloc.with_tag("props", [&] {  // expect: FA302
    g_props[id] = alloc.pool_box<int>(1);
  });
}
