// SPDX-License-Identifier: MIT OR Apache-2.0
// Offsets that are bumped and go back all at once.
#pragma once

#include <framealloc/gpu/offset_types.hpp>

#include <cstdint>

namespace framealloc::gpu {

/// A bump cursor over a range of offsets, and its marks. Holds no memory and needs none.
/// Thread contract: one thread at a time.
class OffsetLinear {
 public:
  /// Effect: everything from 0 to `size` is free.
  explicit constexpr OffsetLinear(std::uint64_t size) noexcept : size_(size) {}

  /// Requirement: `size` is not 0, `alignment` is a power of two.
  /// Result: an offset that is a multiple of `alignment`, with `size` units behind it that nobody
  /// else has; kNoOffset when they do not fit or the requirement is not met. Nothing changes then.
  [[nodiscard]] constexpr std::uint64_t allocate(std::uint64_t size,
                                                 std::uint64_t alignment = 1) noexcept {
    if (size == 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return kNoOffset;
    const std::uint64_t padding = (0 - used_) & (alignment - 1);
    const std::uint64_t room = size_ - used_;
    if (padding > room || size > room - padding) return kNoOffset;
    const std::uint64_t offset = used_ + padding;
    used_ = offset + size;
    return offset;
  }

  /// Result: where the cursor stands, for rewind().
  [[nodiscard]] constexpr std::uint64_t mark() const noexcept { return used_; }
  /// Effect: everything allocated since `mark` was taken is free again.
  /// Result: false, and nothing changes, for a mark ahead of the cursor.
  constexpr bool rewind(std::uint64_t mark) noexcept {
    if (mark > used_) return false;
    used_ = mark;
    return true;
  }
  /// Effect: everything is free.
  constexpr void reset() noexcept { used_ = 0; }

  /// Result: units in the whole.
  [[nodiscard]] constexpr std::uint64_t size() const noexcept { return size_; }
  /// Result: units behind the cursor, padding included.
  [[nodiscard]] constexpr std::uint64_t used() const noexcept { return used_; }

 private:
  std::uint64_t size_;
  std::uint64_t used_ = 0;
};

}  // namespace framealloc::gpu
