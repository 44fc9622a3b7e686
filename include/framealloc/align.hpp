// SPDX-License-Identifier: MIT OR Apache-2.0
// Arithmetic on sizes and addresses that cannot surprise: every overflow has an answer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc {

/// Every block that the library hands out is aligned to this at least, and every size is rounded up
/// to it. A cursor that is always aligned needs no alignment step for ordinary types.
inline constexpr std::size_t kGranule = 16;

/// Requests above this fail with a documented error. Half of the address space keeps "pointer plus
/// size" from wrapping, so that the hot path can compare without a second branch.
inline constexpr std::size_t kMaxRequest = static_cast<std::size_t>(1) << 46;

[[nodiscard]] constexpr bool is_power_of_two(std::size_t n) noexcept {
  return n != 0 && (n & (n - 1)) == 0;
}

/// Result: `n` rounded up to a multiple of `alignment`. Requires: a power of two, no overflow.
[[nodiscard]] constexpr std::size_t align_up(std::size_t n, std::size_t alignment) noexcept {
  return (n + alignment - 1) & ~(alignment - 1);
}
[[nodiscard]] constexpr std::size_t align_down(std::size_t n, std::size_t alignment) noexcept {
  return n & ~(alignment - 1);
}
[[nodiscard]] inline std::byte* align_up(std::byte* p, std::size_t alignment) noexcept {
  return p + (-reinterpret_cast<std::uintptr_t>(p) & (alignment - 1));
}
[[nodiscard]] inline bool is_aligned(const void* p, std::size_t alignment) noexcept {
  return (reinterpret_cast<std::uintptr_t>(p) & (alignment - 1)) == 0;
}

/// Result: `count * size`, or a value above kMaxRequest when that overflows or is too large, so
/// that the ordinary "too large" path answers both.
[[nodiscard]] constexpr std::size_t saturating_bytes(std::size_t count, std::size_t size) noexcept {
  return size != 0 && count > kMaxRequest / size ? kMaxRequest + 1 : count * size;
}

/// Result: `size`, held to kMaxRequest + 1. Folds away when `size` comes from a narrower type.
[[nodiscard]] constexpr std::size_t saturate(std::size_t size) noexcept {
  return size > kMaxRequest ? kMaxRequest + 1 : size;
}

}  // namespace framealloc
