// SPDX-License-Identifier: MIT OR Apache-2.0
// One thread's lists of free blocks under one tag, and the inline allocation.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/atomic_pointer.hpp>
#include <framealloc/detail/base/counter.hpp>
#include <framealloc/detail/os/thread_record.hpp>
#include <framealloc/detail/pool/class_list.hpp>
#include <framealloc/detail/pool/size_classes.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>

namespace framealloc::detail {

// A list that never has a block.
FRAMEALLOC_API extern constinit ClassList empty_class_list;

// The lists of one (thread, tag, kind). Index is the size of the request in granules, so that a
// request of a known size is one load away from its list. An allocator that verifies every call,
// like a thread that is not attached yet, has the empty list everywhere: the one branch "list is
// empty" then covers it too.
// Thread contract: the owning thread; the counters in `lists` are readable by any.
class PoolTable {
 public:
  constexpr PoolTable() noexcept : heap(none()) {
    for (ClassList*& list : by_granule) list = &empty_class_list;
  }
  PoolTable(const PoolTable&) = delete;
  PoolTable& operator=(const PoolTable&) = delete;

  // Effect: takes a ready block. Result: the block, aligned to kGranule; null when the slow path
  // has to provide one. Requirement: granules <= kMaxGranules.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* try_pop(std::size_t granules) noexcept {
    return pop(by_granule[granules]);
  }
  // The same, and `*bytes` is the size of the block's class if there is one.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* try_pop(std::size_t granules,
                                                       std::size_t* bytes) noexcept {
    ClassList* const list = by_granule[granules];
    void* const block = pop(list);
    *bytes = list->block_size;
    return block;
  }
  // The same for an alignment above kGranule; `granules` from granules_of().
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* try_pop_aligned(std::size_t granules,
                                                               std::size_t alignment) noexcept {
    ClassList* const list = by_granule[granules];
    return list->alignment >= alignment ? pop(list) : nullptr;
  }

  ClassList* by_granule[kMaxGranules + 1];

  ClassList** lists = nullptr;  // by class; null until a block of the class is first asked for
  std::size_t list_count = 0;
  AtomicPointer<ClassList>* first_list = nullptr;  // those that exist, newest first; see PoolThread
  TagId tag = TagId::Untagged;
  AllocKind kind = AllocKind::Pool;
  PoolTable* next = nullptr;  // of the thread's tables
  // Of a table for the pool: that for the heap under the same tag, once there is one; else one
  // without a block. It is reached from here, so that a thread has one entry for both.
  PoolTable* heap;

 private:
  [[nodiscard]] static constexpr PoolTable* none() noexcept;
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE static void* pop(ClassList* list) noexcept {
    FreeBlock* block = list->free;
    FRAMEALLOC_IN_RESULT_REGISTER(block);
    if (block == nullptr) [[unlikely]]
      return nullptr;
    list->free = block->next;
    list->allocations.increment();
    return block;
  }
};

constexpr PoolTable* PoolTable::none() noexcept { return &empty_pool_table; }

}  // namespace framealloc::detail
