// SPDX-License-Identifier: MIT OR Apache-2.0
// Sizes in classes: 32 of equal width between a power of two and the next, as in two-level
// segregated fit. Sizes below 64 have a class each.
#pragma once

#include <bit>
#include <cstdint>

namespace framealloc::gpu::detail {

/// log2 of the classes in an octave. A class is at most 1/32 of its sizes wide.
inline constexpr unsigned kClassBits = 5;
/// Classes of 64-bit sizes, one more than the last included, which first_fitting() may answer.
inline constexpr unsigned kClassCount = ((64 - kClassBits) << kClassBits) + (1U << kClassBits) + 1;

/// Result: how far the sizes of the class of `size` are scaled down, log2.
[[nodiscard]] constexpr unsigned class_shift(std::uint64_t size) noexcept {
  const std::uint64_t least = std::uint64_t{1} << kClassBits;
  return 63U - kClassBits - static_cast<unsigned>(std::countl_zero(size | least));
}

/// Result: the class of `size`, which is not 0. Larger sizes have the same class or a larger one.
[[nodiscard]] constexpr unsigned class_of(std::uint64_t size) noexcept {
  const unsigned shift = class_shift(size);
  return (shift << kClassBits) + static_cast<unsigned>(size >> shift);
}

/// Result: the first class whose sizes are all `size` or more.
[[nodiscard]] constexpr unsigned first_fitting_class(std::uint64_t size) noexcept {
  const unsigned shift = class_shift(size);
  const std::uint64_t scaled = size >> shift;
  const bool is_least = (scaled << shift) == size;
  return (shift << kClassBits) + static_cast<unsigned>(scaled) + (is_least ? 0 : 1);
}

static_assert(class_of(1) == 1 && class_of(63) == 63 && class_of(64) == 64);
static_assert(class_of(65) == 64 && class_of(66) == 65);
static_assert(first_fitting_class(65) == 65 && first_fitting_class(64) == 64);
static_assert(first_fitting_class(~std::uint64_t{0}) + 1 == kClassCount);

}  // namespace framealloc::gpu::detail
