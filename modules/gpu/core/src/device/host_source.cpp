// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/host_source.hpp"

namespace framealloc::gpu::detail {

void* HostSource::allocate(std::size_t bytes, std::size_t alignment) noexcept {
  constexpr std::size_t kAlignment = 128;  // of bookkeeping_alloc()
  void* const block = alignment > kAlignment ? nullptr : host_.bookkeeping_alloc(bytes);
  if (block == nullptr) failures_.fetch_add(1, std::memory_order_relaxed);
  return block;
}

void HostSource::deallocate(void* address, std::size_t bytes, std::size_t) noexcept {
  host_.bookkeeping_free(address, bytes);
}

}  // namespace framealloc::gpu::detail
