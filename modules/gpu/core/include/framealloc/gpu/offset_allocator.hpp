// SPDX-License-Identifier: MIT OR Apache-2.0
// Offsets that are handed out and freed in any order.
#pragma once

#include <framealloc/gpu/offset_types.hpp>
#include <framealloc/result.hpp>

#include <cstdint>
#include <utility>

namespace framealloc::gpu {

namespace detail {
class OffsetBook;
}

/// Says where things lie in a range that this program may never touch: it hands out offsets and
/// keeps its bookkeeping elsewhere. Two-level segregated fit (Masmano, Ripoll, Crespo and Real,
/// "TLSF: a new dynamic memory allocator for real-time systems", 2004), on offsets alone as in
/// Sebastian Aaltonen's OffsetAllocator. allocate() and free() take constant time, except that
/// allocate() looks at the regions that might hold the request one by one when the constant-time
/// search finds none: a request is denied only if no free region can hold it at its alignment.
///
/// What an alignment or a granularity makes a range skip stays free for other requests. A range
/// costs at most 64 bytes of bookkeeping.
///
/// Thread contract: one thread at a time; const functions may run together.
class OffsetAllocator {
 public:
  /// Effect: makes the bookkeeping for `size` units, all free.
  /// Failure: FA011 for a size of 0 or a granularity that is no power of two; FA012 when the source
  /// has no memory for the bookkeeping.
  [[nodiscard]] static Result<OffsetAllocator> create(std::uint64_t size,
                                                      const OffsetConfig& config = {}) noexcept;
  /// Effect: `other` is empty afterward: its size is 0, it denies every request and refuses every
  /// range. Ranges of `other` are this one's from now on.
  OffsetAllocator(OffsetAllocator&& other) noexcept : book_(std::exchange(other.book_, nullptr)) {}
  OffsetAllocator& operator=(OffsetAllocator&& other) noexcept;
  ~OffsetAllocator();

  /// Requirement: `alignment` is a power of two.
  /// Result: a range whose offset is a multiple of `alignment` and which overlaps no other; empty
  /// when there is no room or no bookkeeping, `size` is 0, or the requirement is not met. Nothing
  /// changes then.
  [[nodiscard]] OffsetRange allocate(std::uint64_t size, std::uint64_t alignment = 1,
                                     OffsetKind kind = OffsetKind::Linear) noexcept;
  /// Effect: the range is free again and joins its neighbors. Needs no memory.
  /// Result: false, and nothing changes, for a range that is empty, stale or another allocator's.
  bool free(OffsetRange range) noexcept;
  /// Effect: everything is free; every range that was handed out is stale. Time: linear in the live
  /// ranges.
  void reset() noexcept;

  /// Result: whether the range is live and from here.
  [[nodiscard]] bool owns(OffsetRange range) const noexcept;
  /// Result: units, as asked for; 0 for a range that owns() refuses.
  [[nodiscard]] std::uint64_t size_of(OffsetRange range) const noexcept;
  /// Result: units in the whole.
  [[nodiscard]] std::uint64_t size() const noexcept;
  /// Result: what is held. Looks at the regions of the largest size class in use, no further.
  [[nodiscard]] OffsetStats stats() const noexcept;
  /// Effect: calls visitor(offset, size, used, context) for every region from 0 to size(), in
  /// order, without gaps. The visitor does not call the allocator.
  void visit(void (*visitor)(std::uint64_t offset, std::uint64_t size, bool used, void* context),
             void* context) const noexcept;
  /// Result: whether every invariant of the bookkeeping holds. Linear time: for tests.
  [[nodiscard]] bool validate() const noexcept;

 private:
  explicit OffsetAllocator(detail::OffsetBook* book) noexcept : book_(book) {}

  detail::OffsetBook* book_;  // null once it was moved from
};

}  // namespace framealloc::gpu
