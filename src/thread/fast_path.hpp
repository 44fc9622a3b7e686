// SPDX-License-Identifier: MIT OR Apache-2.0
// The short way through pool and frame for callers that know the allocator but no type: resources
// and standard allocators. SmartAlloc's templates have the same, with sizes known when compiled.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/pool/size_classes.hpp>
#include <framealloc/detail/pool/slab.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/detail/thread/thread_state.hpp>
#include <framealloc/detail/thread/tls.hpp>
#include <framealloc/figures.hpp>

#include <cstddef>

namespace framealloc::detail {

// Result: this thread's slot; that of no thread when it is not attached.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE TlsSlot& slot_of(const Instance& instance) noexcept {
  return tls_table().slots[instance.tls_slot()];
}

// Result: a block that lay ready; null when the slow path has to provide one.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* try_pool_pop(const Instance& instance,
                                                          std::size_t size,
                                                          std::size_t alignment) noexcept {
  if (!is_slab_request(size, alignment)) [[unlikely]]
    return nullptr;
  PoolTable& table = slot_of(instance).table();
  if (alignment <= kGranule) [[likely]]
    return table.try_pop((size + kGranule - 1) / kGranule);
  return table.try_pop_aligned(granules_of(size, alignment), alignment);
}

// The same for the heap.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* try_heap_pop(const Instance& instance,
                                                          std::size_t size,
                                                          std::size_t alignment) noexcept {
  if (!is_slab_request(size, alignment) || instance.pools().verifies()) [[unlikely]]
    return nullptr;
  PoolTable& table = *slot_of(instance).table().heap;
  if (alignment <= kGranule) [[likely]]
    return table.try_pop((size + kGranule - 1) / kGranule);
  return table.try_pop_aligned(granules_of(size, alignment), alignment);
}

// The same of a given thread under `tag` instead of the thread's own, and `bytes` says how the block is
// accounted for. Only for alignments up to kGranule.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE NewHeapBlock
try_heap_pop_as(ThreadState* mine, TagId tag, std::size_t size, std::size_t alignment) noexcept {
  // Nearly all ask for kGranule, which is one comparison.
  if (size > kMaxSlabClass ||
      (alignment != kGranule && (alignment > kGranule || !is_power_of_two(alignment))))
      [[unlikely]] {
    return {};
  }
  if (mine == nullptr) [[unlikely]]
    return {};
  NewHeapBlock made;
  made.block = mine->pools().try_heap_pop(tag, (size + kGranule - 1) / kGranule, &made.bytes);
  return made;
}

// Effect: as heap_give_back(), for a small block of this thread's. Result: `bytes` is 0 when the slow
// path has to do it.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE HeapBlock try_heap_give_back(Instance& instance,
                                                                    void* block) noexcept {
  SlabHeader* const slab = instance.heap().slab_if_plain(block);
  if (slab == nullptr || !slab->is_owned_by(os::record_word())) [[unlikely]]
    return {};
  const HeapBlock was{slab->block_size, slab->tag};
  slab->ready.load(std::memory_order_relaxed)->push(block);
  return was;
}

// Effect: frees a block of this thread's. Result: false when the slow path has to do it.
// Requirement: `block` was given out for a request of this size and alignment.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool try_pool_push(const Instance& instance, void* block,
                                                          std::size_t size,
                                                          std::size_t alignment) noexcept {
  // At check level 1 nothing may be read through the pointer before it is known to be ours.
  if constexpr (kCheckLevel != 0) return false;
  if (block == nullptr || !is_slab_request(size, alignment)) [[unlikely]]
    return false;
  ClassList* const list = slot_of(instance).table().by_granule[granules_of(size, alignment)];
  if (try_free_into(list, block, instance.page_mask())) [[likely]]
    return true;
  return try_free_local(block, instance.page_mask(), os::record_word());
}

}  // namespace framealloc::detail
