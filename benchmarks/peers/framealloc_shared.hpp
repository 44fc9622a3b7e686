// SPDX-License-Identifier: MIT OR Apache-2.0
// The one allocator that all framealloc rows share, as one game would: every statistic, tag and
// phase is on, budgets too.
#pragma once

#include <framealloc/smart_alloc.hpp>

namespace bench {

[[nodiscard]] inline framealloc::SmartAlloc& shared_allocator() {
  static framealloc::SmartAlloc allocator{framealloc::AllocConfig{}.with_budgets()};
  return allocator;
}

}  // namespace bench
