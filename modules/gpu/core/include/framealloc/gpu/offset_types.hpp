// SPDX-License-Identifier: MIT OR Apache-2.0
// What the virtual allocators hand out and take: offsets in a range that this program may never
// touch. Units are the caller's: bytes, elements, descriptors, pages of an atlas.
#pragma once

#include <framealloc/source.hpp>

#include <cstdint>

namespace framealloc::gpu {

/// No offset: what a request that was denied answers. Never a valid offset, whatever the size.
inline constexpr std::uint64_t kNoOffset = ~std::uint64_t{0};

/// A range that an OffsetAllocator handed out. It names one allocation forever: once that is freed,
/// every copy of it is stale, no matter what took its place. Read `offset`; the rest is the
/// allocator's.
struct OffsetRange {
  std::uint64_t offset = kNoOffset;
  std::uint32_t node = 0;
  std::uint32_t generation = 0;

  [[nodiscard]] explicit constexpr operator bool() const noexcept { return offset != kNoOffset; }
  friend constexpr bool operator==(const OffsetRange&, const OffsetRange&) = default;
};

/// What may not share a page of OffsetConfig::granularity units with what: buffers and linear
/// images on one side, optimally tiled images on the other (Vulkan's bufferImageGranularity).
enum class OffsetKind : std::uint8_t { Linear, Optimal };

struct OffsetConfig {
  /// Units in a page that ranges of different kinds do not share; a power of two. 1: any two ranges
  /// may be neighbors.
  std::uint64_t granularity = 1;
  /// Where bookkeeping comes from; null is system_source(). It outlives the allocator.
  MemorySource* source = nullptr;
  /// Ranges for which bookkeeping is made up front.
  std::uint32_t reserve = 0;
};

/// What an OffsetAllocator holds, in units: size == used + padding + free, always.
struct OffsetStats {
  std::uint64_t size = 0;     ///< of the whole
  std::uint64_t used = 0;     ///< handed out, as asked for
  std::uint64_t padding = 0;  ///< lost to alignment and granularity
  std::uint64_t free = 0;
  std::uint64_t largest_free = 0;
  std::uint32_t allocations = 0;
  std::uint32_t free_regions = 0;  ///< no two of them touch

  /// Result: 1 - largest_free / free; 0 when nothing is free.
  [[nodiscard]] constexpr double fragmentation() const noexcept {
    return free == 0 ? 0.0 : 1.0 - static_cast<double>(largest_free) / static_cast<double>(free);
  }
};

}  // namespace framealloc::gpu
