// SPDX-License-Identifier: MIT OR Apache-2.0
// Where a scratch pool's memory comes from: one piece at a time.
#pragma once

#include <framealloc/detail/memory/shared_ledger.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Stands in front of its bytes. Small segments are blocks of bookkeeping memory, large ones runs of
// chunks; between the two, a whole chunk would be waste, and the source is asked for the pages.
struct ScratchSegment {
  enum class Origin : std::uint8_t { Metadata, Source, Run };
  static constexpr std::size_t kHeader = 64;

  ScratchSegment* next;
  std::size_t bytes;  // usable
  std::size_t held;   // from its origin
  Origin origin;

  [[nodiscard]] std::uintptr_t begin() const noexcept {
    return reinterpret_cast<std::uintptr_t>(this) + kHeader;
  }
  [[nodiscard]] std::uintptr_t end() const noexcept { return begin() + bytes; }

  // Result: a segment of `bytes` usable bytes, counted under the tag and charged to its budgets;
  // null when that is denied, which is reported if `report` and told to `*why` (may be null).
  // Requirement: a multiple of kGranule.
  [[nodiscard]] static ScratchSegment* acquire(SharedLedger& ledger, TagId tag, std::size_t bytes,
                                               bool report, const CallSite& site,
                                               Denial* why) noexcept;
  // Effect: gives a chain of segments back. Result: bytes.
  static std::size_t release(SharedLedger& ledger, TagId tag, ScratchSegment* first) noexcept;
};
static_assert(sizeof(ScratchSegment) <= ScratchSegment::kHeader);

}  // namespace framealloc::detail
