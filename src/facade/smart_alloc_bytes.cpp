// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that hand out memory of no type.
#include <framealloc/framealloc.hpp>

#include "facade/facade.hpp"
#include "thread/fast_path.hpp"

namespace framealloc {

void* SmartAlloc::heap_alloc_bytes(std::size_t bytes, std::size_t alignment,
                                   CallSite site) noexcept {
  if (instance_ == nullptr) return nullptr;
  if (!is_power_of_two(alignment)) {
    return detail::refuse_alignment(*instance_, bytes, alignment, site);
  }
  return detail::heap_allocate(*instance_, bytes, alignment, site);
}

// What adaptors for C libraries call for each block: the short way is here, without another call.
void* SmartAlloc::heap_alloc_bytes(Tag tag, std::size_t bytes, std::size_t alignment,
                                   const CallSite& site) noexcept {
  return heap_hand_out(tag, bytes, alignment, site).block;
}

NewHeapBlock SmartAlloc::heap_hand_out(Tag tag, std::size_t bytes, std::size_t alignment,
                                       const CallSite& site) noexcept {
  // No state lies there for an empty handle, and for the few allocators beyond the places of a thread's
  // table; the latter find theirs on the slow path.
  const NewHeapBlock ready = detail::try_heap_pop_as(slot().state, tag, bytes, alignment);
  if (ready.block != nullptr) [[likely]]
    return ready;
  if (instance_ == nullptr) return {};
  return detail::heap_hand_out(*instance_, tag, bytes, alignment, site);
}

void SmartAlloc::heap_free_bytes(void* block, CallSite site) noexcept {
  if (instance_ != nullptr) detail::heap_free(*instance_, block, site);
}

bool SmartAlloc::heap_try_resize(void* block, std::size_t bytes) noexcept {
  return instance_ != nullptr && block != nullptr &&
         detail::heap_try_resize(*instance_, block, bytes);
}

void* SmartAlloc::heap_realloc_bytes(void* block, std::size_t bytes, std::size_t alignment,
                                     CallSite site) noexcept {
  if (instance_ == nullptr) return nullptr;
  if (!is_power_of_two(alignment)) {
    return detail::refuse_alignment(*instance_, bytes, alignment, site);
  }
  return detail::heap_reallocate(*instance_, block, bytes, alignment, site);
}

std::size_t SmartAlloc::heap_usable_size(const void* block) const noexcept {
  if (instance_ == nullptr) return 0;
  if (const detail::SlabHeader* const slab = instance_->heap().slab_if_plain(block)) [[likely]]
    return slab->block_size;
  return instance_->heap().usable_size(block);
}

HeapBlock SmartAlloc::heap_block(const void* block) const noexcept {
  if (instance_ == nullptr) return {};
  if (const detail::SlabHeader* const slab = instance_->heap().slab_if_plain(block)) [[likely]]
    return {slab->block_size, slab->tag};
  return detail::heap_block(*instance_, block);
}

HeapBlock SmartAlloc::heap_give_back(void* block, const CallSite& site) noexcept {
  if (instance_ == nullptr) return {};
  const HeapBlock was = detail::try_heap_give_back(*instance_, block);
  return was.bytes != 0 ? was : detail::heap_give_back(*instance_, block, site);
}

bool SmartAlloc::owns(const void* address) const noexcept {
  return instance_ != nullptr && instance_->heap().owns(address);
}

void* SmartAlloc::pool_alloc_bytes(std::size_t bytes, std::size_t alignment,
                                   CallSite site) noexcept {
  if (instance_ == nullptr) return nullptr;
  if (!is_power_of_two(alignment)) {
    return detail::refuse_alignment(*instance_, bytes, alignment, site);
  }
  return detail::pool_allocate(*instance_, bytes, alignment, site);
}

void SmartAlloc::pool_free_bytes(void* block, std::size_t bytes, std::size_t alignment,
                                 CallSite site) noexcept {
  if (instance_ != nullptr) detail::pool_free(*instance_, block, bytes, alignment, site);
}

}  // namespace framealloc
