// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
std::size_t run(fa::SmartAlloc& alloc) {
  const auto tag = alloc.tag_scope("search");
  std::vector<fa::PoolBox<int>> open;
  open.push_back(alloc.pool_box<int>(1));
  return open.size();
}
