// SPDX-License-Identifier: MIT OR Apache-2.0
// What handles hold, how full their chunks are, and what compaction did about it.
#pragma once

#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc {

/// Told after an object has moved; resolve() finds it at `to` already.
struct Relocation {
  GenerationalId handle;
  const void* from = nullptr;  ///< where it was; no object any more, and soon another's place
  void* to = nullptr;
  std::size_t size = 0;
};
/// Called with no lock held: it may use the allocator, free the object included. Must not throw.
using RelocateHandler = void (*)(const Relocation& relocation, void* context);

/// How an object is kept.
struct HandleOptions {
  bool relocatable = true;  ///< false: it stays where it is until it is freed
  RelocateHandler on_relocate = nullptr;
  void* context = nullptr;
};

struct HandleConfig {
  /// Report (FA007) what is still alive when the allocator ends, by type and tag.
  bool report_leaks = false;
  /// Generation of slots that are used for the first time; a slot serves until UINT32_MAX.
  std::uint32_t first_generation = 1;
};

/// How much one call of compact() may do; it ends when either is used up.
struct CompactBudget {
  std::uint64_t time_ns = UINT64_MAX;  ///< looked at between objects, so one move may go over it
  std::size_t bytes = SIZE_MAX;        ///< of objects moved
};

struct CompactResult {
  std::uint64_t moves = 0;
  std::size_t bytes_moved = 0;
  std::uint64_t chunks_released = 0;
  /// True when nothing more is to be gained now; false when the budget ended it, or when another
  /// compact() is at work.
  bool finished = false;
};

/// All sizes in bytes.
struct HandleAllocatorStats {
  std::size_t total_allocated = 0;  ///< of objects alive, as accounted: rounded up to 16
  std::uint64_t active_handles = 0;
  std::uint64_t total_slots = 0;
  std::uint64_t free_slots = 0;
  std::uint64_t retired_slots = 0;  ///< out of generations, never used again
  std::uint64_t relocatable_count = 0;
  std::uint64_t pinned_count = 0;      ///< objects with at least one pin
  std::uint64_t deferred_frees = 0;    ///< freed while pinned, not ended yet
  std::uint64_t relocation_count = 0;  ///< objects moved, ever
  std::size_t relocated_bytes = 0;     ///< ever
  std::uint64_t chunks = 0;
  std::uint64_t chunks_released = 0;  ///< ever
  std::size_t chunk_bytes = 0;        ///< held in chunks
  std::size_t used_bytes = 0;         ///< of these in blocks, their headers included
  std::size_t hole_bytes = 0;         ///< of these free
  std::size_t large_bytes = 0;  ///< held in runs of chunks, for objects larger than half a chunk
  /// Share of the chunks' memory that is holes (0 to 1), around the latest compaction: when it
  /// began to move, and when it last stopped.
  double fragmentation_before = 0;
  double fragmentation_after = 0;

  /// Result: share of the chunks' memory that is holes now, 0 to 1.
  [[nodiscard]] double fragmentation() const noexcept {
    return chunk_bytes == 0 ? 0.0
                            : static_cast<double>(hole_bytes) / static_cast<double>(chunk_bytes);
  }
};

}  // namespace framealloc
