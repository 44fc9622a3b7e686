// SPDX-License-Identifier: MIT OR Apache-2.0
// The truth in numbers. All sizes in bytes, all times in nanoseconds.
#pragma once

#include <framealloc/detail/base/chrono.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace framealloc {

/// One consistent view of an allocator. Sizes are as reserved for the caller, rounding included.
struct AllocStats {
  std::size_t total_allocated = 0;  ///< in use now: frame + pool + heap
  std::size_t reserved = 0;        ///< held from the memory source, bookkeeping and idle chunks too
  std::size_t peak_allocated = 0;  ///< most in use at any frame end, page refill or query
  std::size_t frame_allocated = 0;
  std::size_t pool_allocated = 0;
  std::size_t heap_allocated = 0;
  std::uint64_t allocation_count = 0;  ///< pool and heap calls; frame calls while they are counted
  std::uint64_t deallocation_count = 0;  ///< pool and heap
  std::uint64_t slab_refill_count = 0;
  std::uint64_t deferred_free_count = 0;  ///< frees that went to another thread's pages
  std::uint64_t overflow_count = 0;       ///< frame requests that the arena could not hold
  std::size_t peak_reserved = 0;
  std::size_t metadata_bytes = 0;  ///< bookkeeping, within reserved
  /// Held and not in use, within reserved: idle chunks, free pages, free blocks in pages of
  /// threads.
  std::size_t idle_bytes = 0;
  std::uint64_t attached_threads = 0;

  [[nodiscard]] std::uint64_t active_allocations() const noexcept {
    return allocation_count > deallocation_count ? allocation_count - deallocation_count : 0;
  }
};

/// One frame, over all threads that share it.
struct FrameStats {
  std::uint64_t frame_number = 0;
  bool open = false;
  std::size_t bytes_allocated = 0;  ///< in this frame so far; after its end, in the whole frame
  std::size_t peak_bytes = 0;       ///< most held at once in this frame
  /// The most that each thread held at once in any frame so far, summed over the threads: never
  /// less than any frame held, and more where threads had their peaks in different frames.
  std::size_t high_water = 0;
  std::size_t last_frame_bytes = 0;  ///< held at the end of the frame before
  std::uint64_t allocation_count =
      0;                             // only while calls are counted, see count_frame_allocations()
  std::uint64_t overflow_count = 0;  ///< requests beyond the arena, ever
  std::size_t fallback_bytes = 0;    ///< of this frame, held by the heap after an overflow
  std::size_t wasted_bytes = 0;      ///< of this frame: ends of chunks that nothing fitted in
  std::size_t arena_reserved = 0;    ///< chunks that the arenas hold now
};

/// One tag, over all threads. "subtree" includes the tags below it.
struct TagStats {
  std::string tag;                ///< path
  std::size_t current_bytes = 0;  ///< frame + pool + heap
  std::size_t frame_bytes = 0;
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::size_t bytes_allocated = 0;     ///< ever
  std::uint64_t allocation_count = 0;  ///< pool and heap
  std::size_t peak_frame_bytes = 0;
  std::size_t last_frame_bytes = 0;
  std::size_t subtree_bytes = 0;
};

/// A phase that has ended.
struct Phase {
  std::string name;
  std::size_t bytes_allocated = 0;     ///< frame bytes of this thread, nested phases included
  std::uint64_t allocation_count = 0;  ///< only while frame calls are counted
  std::uint64_t duration_ns = 0;
  [[nodiscard]] std::chrono::nanoseconds duration() const noexcept {
    return std::chrono::nanoseconds(duration_ns);
  }
};

/// A phase over the life of the allocator, all threads.
struct PhaseStats {
  std::string name;
  std::uint64_t count = 0;           ///< times ended
  std::size_t bytes_allocated = 0;   ///< ever
  std::size_t last_frame_bytes = 0;  ///< in the last frame that ran it
  std::size_t peak_frame_bytes = 0;
  std::uint64_t allocation_count = 0;
  std::uint64_t total_ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t last_frame_ns = 0;
};

}  // namespace framealloc
