// SPDX-License-Identifier: MIT OR Apache-2.0
// The memory order of counters and of what a lock or a thread's end orders already, by a short
// name.
#pragma once

#include <atomic>

namespace framealloc::detail {

inline constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace framealloc::detail
