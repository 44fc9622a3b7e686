// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocators that the framealloc rows share, as the parts of one game would.
#pragma once

#include <framealloc/smart_alloc.hpp>

namespace bench {

// Everything on: statistics, tags and phases always are, budgets by configuration.
[[nodiscard]] inline framealloc::SmartAlloc& shared_allocator() {
  static framealloc::SmartAlloc allocator{framealloc::AllocConfig{}.with_budgets()};
  return allocator;
}

// As it comes: no budgets, so that beginning and ending a frame charges nothing.
[[nodiscard]] inline framealloc::SmartAlloc& default_allocator() {
  static framealloc::SmartAlloc allocator;
  return allocator;
}

}  // namespace bench
