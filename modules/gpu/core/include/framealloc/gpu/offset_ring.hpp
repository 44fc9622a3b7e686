// SPDX-License-Identifier: MIT OR Apache-2.0
// Offsets that come back in the order in which they went out, by serial.
#pragma once

#include <framealloc/gpu/offset_types.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace framealloc::gpu {

/// A ring of offsets, first in, first out: what is allocated between two close() belongs to the
/// serial of the second one and is free again when that serial is released. A request never
/// straddles the end of the range. Holds no memory and needs none.
/// Thread contract: one thread at a time.
class OffsetRing {
 public:
  /// Serials that can be open at once. What a further close() closes goes to the last of them,
  /// which takes over the newer serial: memory comes back later then, never too early.
  static constexpr std::size_t kMaxOpen = 64;

  /// Effect: everything from 0 to `size` is free.
  explicit OffsetRing(std::uint64_t size) noexcept : size_(size) {}

  /// Requirement: `size` is not 0, `alignment` is a power of two.
  /// Result: an offset that is a multiple of `alignment`, with `size` units behind it that nobody
  /// else has; kNoOffset when they do not fit or the requirement is not met. Nothing changes then.
  [[nodiscard]] std::uint64_t allocate(std::uint64_t size, std::uint64_t alignment = 1) noexcept {
    if (size == 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return kNoOffset;
    if (used_ == 0) cursor_ = 0;  // nothing is behind the cursor: there need not be an end to skip
    std::uint64_t offset = cursor_;
    std::uint64_t lost = (0 - offset) & (alignment - 1);
    const std::uint64_t rest = size_ - offset;
    if (lost <= rest && size <= rest - lost) {
      offset += lost;
    } else {
      lost = rest;  // the end is skipped
      offset = 0;
    }
    const std::uint64_t room = size_ - used_;
    if (lost > room || size > room - lost) return kNoOffset;
    cursor_ = offset + size;
    used_ += lost + size;
    open_ += lost + size;
    return offset;
  }

  /// Effect: what was allocated since the close() before belongs to `serial`.
  /// Requirement: serials do not fall. One that does is taken for the one before it.
  void close(std::uint64_t serial) noexcept;
  /// Effect: what belongs to serials up to and including `completed` is free again.
  void release(std::uint64_t completed) noexcept;

  /// Result: units in the whole.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Result: units that are not free, padding and the skipped end included.
  [[nodiscard]] std::uint64_t used() const noexcept { return used_; }

 private:
  struct Closed {
    std::uint64_t serial;
    std::uint64_t units;
  };

  std::uint64_t size_;
  std::uint64_t cursor_ = 0;
  std::uint64_t used_ = 0;  // the units behind the cursor, across the end of the range
  std::uint64_t open_ = 0;  // those of them since the last close()
  std::array<Closed, kMaxOpen> closed_{};
  std::size_t first_ = 0;  // the oldest of closed_, itself a ring
  std::size_t count_ = 0;
};

}  // namespace framealloc::gpu
