// SPDX-License-Identifier: MIT OR Apache-2.0
#include "container/pmr_resources.hpp"

#include "thread/fast_path.hpp"

#include <framealloc/detail/container/failure.hpp>

namespace framealloc {

template <AllocKind of>
InstanceResource<of>::InstanceResource(detail::Instance& instance) noexcept
    : instance_(&instance),
      tls_offset_(instance.tls_slot() * sizeof(detail::TlsSlot)),
      page_mask_(instance.page_mask()) {}

template <AllocKind of>
FRAMEALLOC_ALWAYS_INLINE detail::TlsSlot& InstanceResource<of>::slot() const noexcept {
  return *reinterpret_cast<detail::TlsSlot*>(
      reinterpret_cast<std::byte*>(detail::tls_table().slots) + tls_offset_);
}

// What the inline paths serve: no alignment beyond that of every block.
template <AllocKind of>
FRAMEALLOC_ALWAYS_INLINE bool InstanceResource<of>::is_quick(std::size_t bytes,
                                                             std::size_t alignment) const noexcept {
  if (bytes > detail::kMaxSlabClass || alignment > kGranule) return false;
  return of == AllocKind::Pool || !instance_->pools().verifies();
}

template <AllocKind of>
FRAMEALLOC_ALWAYS_INLINE detail::PoolTable& InstanceResource<of>::table() const noexcept {
  detail::PoolTable& pool = slot().table();
  if constexpr (of == AllocKind::Heap) return *pool.heap;
  return pool;
}

// Out of line, so that the short way has no call site to build.
template <AllocKind of>
void* InstanceResource<of>::allocate_slow(std::size_t bytes, std::size_t alignment) {
  void* block = nullptr;
  if constexpr (of == AllocKind::Frame) {
    block = detail::frame_arena(*instance_)
                .alloc_bytes(bytes, alignment, CallSite::of_function("frame_resource()"));
  } else if constexpr (of == AllocKind::Pool) {
    block = detail::pool_allocate(*instance_, bytes, alignment,
                                  CallSite::of_function("pool_resource()"));
  } else {
    block = detail::heap_allocate(*instance_, bytes, alignment,
                                  CallSite::of_function("heap_resource()"));
  }
  if (block == nullptr) detail::refuse_memory(bytes);
  return block;
}

template <AllocKind of>
void* InstanceResource<of>::do_allocate(std::size_t bytes, std::size_t alignment) {
  if constexpr (of == AllocKind::Frame) {
    return slot().arena->bump_bytes_or(bytes, alignment,
                                       [&](std::uintptr_t mask) FRAMEALLOC_INLINE_LAMBDA {
                                         return allocate_slow(bytes, 0 - mask);
                                       });
  } else {
    if (is_quick(bytes, alignment)) [[likely]] {
      if (void* const ready = table().try_pop((bytes + kGranule - 1) / kGranule)) return ready;
    }
    return allocate_slow(bytes, alignment);
  }
}

template <AllocKind of>
void InstanceResource<of>::deallocate_slow(void* block, std::size_t bytes, std::size_t alignment) {
  if constexpr (of == AllocKind::Pool) {
    detail::pool_free_slow(*instance_, block, bytes, alignment,
                           CallSite::of_function("pool_resource()"));
  } else {
    detail::heap_free(*instance_, block, CallSite::of_function("heap_resource()"));
  }
}

template <AllocKind of>
void InstanceResource<of>::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  if constexpr (of != AllocKind::Frame) {
    // No caller of a std::pmr resource gives it null back.
    // At check level 1 nothing may be read through the pointer before it is known to be ours.
    if (kCheckLevel == 0 && is_quick(bytes, alignment)) [[likely]] {
      detail::ClassList* const list = table().by_granule[(bytes + kGranule - 1) / kGranule];
      if (detail::try_free_into(list, block, page_mask_)) [[likely]]
        return;
      if (detail::try_free_local(block, page_mask_, os::record_word())) return;
    }
    deallocate_slow(block, bytes, alignment);
  }
}

template <AllocKind of>
bool InstanceResource<of>::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
  if (this == &other) return true;
#if defined(__cpp_rtti)
  const auto* const same = dynamic_cast<const InstanceResource*>(&other);
  return same != nullptr && same->instance_ == instance_;
#else
  return false;
#endif
}

template class InstanceResource<AllocKind::Frame>;
template class InstanceResource<AllocKind::Pool>;
template class InstanceResource<AllocKind::Heap>;

}  // namespace framealloc
