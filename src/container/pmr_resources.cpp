// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/container/failure.hpp>
#include <framealloc/container/pmr_resources.hpp>

namespace framealloc {

void* InstanceResource::do_allocate(std::size_t bytes, std::size_t alignment) {
  void* block = nullptr;
  switch (kind_) {
    case AllocKind::Frame:
      block = detail::frame_arena(*instance_)
                  .alloc_bytes(bytes, alignment, CallSite::of_function("frame_resource()"));
      break;
    case AllocKind::Pool:
      block = detail::pool_allocate(*instance_, bytes, alignment, CallSite{});
      break;
    default:
      block = detail::heap_allocate(*instance_, bytes, alignment, CallSite{});
      break;
  }
  if (block == nullptr) detail::refuse_memory(bytes);
  return block;
}

void InstanceResource::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  switch (kind_) {
    case AllocKind::Frame:
      break;
    case AllocKind::Pool:
      detail::pool_free(*instance_, block, bytes, alignment, CallSite{});
      break;
    default:
      detail::heap_free(*instance_, block, CallSite{});
      break;
  }
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
