// SPDX-License-Identifier: MIT OR Apache-2.0
// Points on the GPU's way.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace framealloc::gpu {

/// A point on the GPU's way: reached when everything submitted up to it has completed. Ordered.
struct Ticket {
  std::uint64_t serial = 0;  ///< 0: reached since ever
  friend constexpr auto operator<=>(Ticket, Ticket) = default;
};

inline constexpr std::chrono::nanoseconds kForever = std::chrono::nanoseconds::max();

}  // namespace framealloc::gpu
