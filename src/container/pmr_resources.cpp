// SPDX-License-Identifier: MIT OR Apache-2.0
#include "container/pmr_resources.hpp"

#include <framealloc/detail/container/failure.hpp>
#include "thread/fast_path.hpp"

namespace framealloc {

// Out of line, so that the short way has no call site to build.
void* InstanceResource::allocate_slow(std::size_t bytes, std::size_t alignment) {
  void* block = nullptr;
  switch (kind_) {
    case AllocKind::Frame:
      block = detail::frame_arena(*instance_)
                  .alloc_bytes(bytes, alignment, CallSite::of_function("frame_resource()"));
      break;
    case AllocKind::Pool:
      block = detail::pool_allocate(*instance_, bytes, alignment,
                                    CallSite::of_function("pool_resource()"));
      break;
    default:
      block = detail::heap_allocate(*instance_, bytes, alignment,
                                    CallSite::of_function("heap_resource()"));
      break;
  }
  if (block == nullptr) detail::refuse_memory(bytes);
  return block;
}

void* InstanceResource::do_allocate(std::size_t bytes, std::size_t alignment) {
  if (kind_ == AllocKind::Frame) {
    return detail::slot_of(*instance_)
        .arena->bump_bytes_or(bytes, alignment, [&](std::uintptr_t mask) FRAMEALLOC_INLINE_LAMBDA {
          return allocate_slow(bytes, 0 - mask);
        });
  }
  if (kind_ == AllocKind::Pool) {
    if (void* const ready = detail::try_pool_pop(*instance_, bytes, alignment)) return ready;
  }
  return allocate_slow(bytes, alignment);
}

void InstanceResource::deallocate_slow(void* block, std::size_t bytes, std::size_t alignment) {
  if (kind_ == AllocKind::Pool) {
    detail::pool_free(*instance_, block, bytes, alignment, CallSite{});
  } else {
    detail::heap_free(*instance_, block, CallSite{});
  }
}

void InstanceResource::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  if (kind_ == AllocKind::Frame) return;
  if (kind_ == AllocKind::Pool && detail::try_pool_push(*instance_, block, bytes, alignment))
    return;
  deallocate_slow(block, bytes, alignment);
}

bool InstanceResource::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
  if (this == &other) return true;
#if defined(__cpp_rtti)
  const auto* const same = dynamic_cast<const InstanceResource*>(&other);
  return same != nullptr && same->instance_ == instance_ && same->kind_ == kind_;
#else
  return false;
#endif
}

}  // namespace framealloc
