// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
void fill(fa::SmartAlloc& alloc, std::vector<fa::HeapBox<int>>& out) {
  alloc.with_tag("level", [&](fa::SmartAlloc& inner) {  // expect: FA302
    out.push_back(inner.heap_box<int>(1));
  });
}
