// SPDX-License-Identifier: MIT OR Apache-2.0
// The free blocks of one size class that one thread holds under one tag.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

struct SlabHeader;
class PoolTable;

// A free block; the link stands in the block itself.
struct FreeBlock {
  FreeBlock* next;
};

// Blocks on `free` are ready: they are charged to the budgets and may come from any of the list's
// slabs, newest first, since that one is likely in cache. Blocks that are not ready lie in their
// pages, on a list of their slab. Thread contract: the owning thread; the counters are readable by
// any. Aligned, so summing the counters reads one cache line per list.
struct alignas(kCacheLine) ClassList {
  FreeBlock* free = nullptr;
  OwnedCounter allocations;
  OwnedCounter local_frees;  // those that the inline path took
  std::uint32_t block_size = 0;
  std::uint32_t alignment = 0;

  std::uint32_t class_index = 0;
  AllocKind kind = AllocKind::Pool;  // of the table, here for those who sum
  bool active = false;               // on the list of those that collections look at
  PoolTable* table = nullptr;
  OwnedCounter linked;           // blocks put on `free` by slow paths, less those taken off again
  OwnedCounter returned_blocks;  // blocks returned to their pages, over all slabs
  // From here on nothing that a sum over all lists reads.
  ClassList* next_in_table = nullptr;
  SlabHeader* slabs[3] = {};           // by SlabPlace
  std::uint64_t sweep = 0;             // blocks that collections have yet to return to their pages
  std::uint64_t seen_allocations = 0;  // as of the last collection
  std::uint64_t recent_allocations = 0;  // between the last two collections
  ClassList* next_active = nullptr;

  // Effect: a block of a slab of this list is ready again.
  FRAMEALLOC_ALWAYS_INLINE void push(void* block) noexcept {
    auto* const freed = static_cast<FreeBlock*>(block);
    freed->next = free;
    free = freed;
    local_frees.increment();
  }
  [[nodiscard]] bool has_slabs() const noexcept {
    return slabs[0] != nullptr || slabs[1] != nullptr || slabs[2] != nullptr;
  }
  // Result: number of blocks on `free`; derived, so that the hot path need not count it.
  [[nodiscard]] std::uint64_t ready() const noexcept {
    return linked.get() + local_frees.get() - allocations.get();
  }
};

// The lists of a thread lie densely in such blocks, in the order in which they were first needed,
// so that a sum over all of them reads what exists and nothing else. They are never taken away.
struct ListBlock {
  static constexpr std::size_t kLists = 31;
  ListBlock* next = nullptr;          // older
  std::atomic<std::size_t> count{0};  // of lists that are complete; written by the owner
  ClassList lists[kLists];
};

}  // namespace framealloc::detail
