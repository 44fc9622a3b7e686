// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

std::vector<fa::PoolBox<int>> g_items;
void add(fa::SmartAlloc& alloc) {
  alloc.with_tag("items", [&] { g_items.push_back(alloc.pool_box<int>(1)); });
}
