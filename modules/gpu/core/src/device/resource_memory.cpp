// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/resource_memory.hpp>

#include "device/gpu_core.hpp"

namespace framealloc::gpu {

void ResourceMemory::let_go() noexcept { detail::retire(*record_); }

ResourceMemory::operator bool() const noexcept { return alive(record_); }

std::uint64_t ResourceMemory::memory() const noexcept {
  return alive(record_) ? record_->placement.memory.handle : 0;
}

std::size_t ResourceMemory::offset() const noexcept {
  return alive(record_) ? record_->placement.offset : 0;
}

std::size_t ResourceMemory::size() const noexcept { return alive(record_) ? record_->size : 0; }

std::byte* ResourceMemory::mapped() const noexcept {
  return alive(record_) ? record_->mapped.load(std::memory_order_relaxed) : nullptr;
}

std::uint64_t ResourceMemory::owned_image() const noexcept {
  return alive(record_) ? record_->handle.load(std::memory_order_relaxed) : 0;
}

}  // namespace framealloc::gpu
