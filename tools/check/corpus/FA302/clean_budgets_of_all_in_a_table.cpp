// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <vector>

namespace fa = framealloc;

std::vector<fa::PoolBox<int>> g_bodies;
void set_up(fa::SmartAlloc& alloc, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) alloc.budgets()->register_tag_budget(tag, 1024, 2048);
}
void add(fa::SmartAlloc& alloc) {
  alloc.with_tag("physics", [&] { g_bodies.push_back(alloc.pool_box<int>(1)); });
}
