// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

void limit(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("audio", 100, 200); }
void measure(fa::SmartAlloc& alloc, std::vector<float>& results) {
  alloc.with_tag("meter", [&] {
    const auto scratch = alloc.pool_box<float>(2.0F);
    results.push_back(*scratch);
  });
}
