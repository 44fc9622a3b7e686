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
  /// Result: what end_gpu_frame() of that frame gives: known while the frame is open, and before it
  /// begins. Frames count from 1.
  [[nodiscard]] static constexpr Ticket end_of_frame(std::uint64_t frame) noexcept {
    return {frame << kNumberBits | ((std::uint64_t{1} << kNumberBits) - 1)};
  }
  /// Bits of `serial` below the frame's number; modules/gpu/README.md says what they count.
  static constexpr unsigned kNumberBits = 24;
};

inline constexpr std::chrono::nanoseconds kForever = std::chrono::nanoseconds::max();

}  // namespace framealloc::gpu
