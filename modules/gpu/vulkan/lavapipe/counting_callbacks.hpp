// SPDX-License-Identifier: MIT OR Apache-2.0
// VkAllocationCallbacks that count, and check that what is freed is theirs.
#pragma once

#include <vulkan/vulkan.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace framealloc::gpu::vulkan_test {

class CountingCallbacks {
 public:
  CountingCallbacks() {
    callbacks_.pUserData = this;
    callbacks_.pfnAllocation = &allocate;
    callbacks_.pfnReallocation = &reallocate;
    callbacks_.pfnFree = &free;
  }
  const VkAllocationCallbacks* get() const { return &callbacks_; }
  std::uint64_t calls() const { return calls_.load(); }
  std::int64_t live() const { return live_.load(); }
  std::uint64_t foreign() const { return foreign_.load(); }  // frees of what is not theirs

 private:
  static constexpr std::uint64_t kMark = 0x6672616D65616C6CULL;
  struct Header {
    void* block;
    std::size_t size;
    std::uint64_t mark;
  };
  static Header* header(void* memory) { return static_cast<Header*>(memory) - 1; }

  static VKAPI_ATTR void* VKAPI_CALL allocate(void* context, std::size_t size,
                                              std::size_t alignment, VkSystemAllocationScope) {
    auto* const self = static_cast<CountingCallbacks*>(context);
    if (alignment < alignof(std::max_align_t)) alignment = alignof(std::max_align_t);
    void* const block = std::malloc(size + alignment + sizeof(Header));
    if (block == nullptr) return nullptr;
    const auto begin = reinterpret_cast<std::uintptr_t>(block) + sizeof(Header);
    void* const memory = reinterpret_cast<void*>((begin + alignment - 1) / alignment * alignment);
    *header(memory) = {block, size, kMark};
    ++self->calls_;
    ++self->live_;
    return memory;
  }
  static VKAPI_ATTR void VKAPI_CALL free(void* context, void* memory) {
    auto* const self = static_cast<CountingCallbacks*>(context);
    if (memory == nullptr) return;
    if (header(memory)->mark != kMark) {
      ++self->foreign_;
      return;
    }
    header(memory)->mark = 0;
    --self->live_;
    std::free(header(memory)->block);
  }
  static VKAPI_ATTR void* VKAPI_CALL reallocate(void* context, void* memory, std::size_t size,
                                                std::size_t alignment,
                                                VkSystemAllocationScope scope) {
    void* const moved = size == 0 ? nullptr : allocate(context, size, alignment, scope);
    if (memory != nullptr && moved != nullptr) {
      const std::size_t old = header(memory)->size;
      std::memcpy(moved, memory, old < size ? old : size);
    }
    if (size == 0 || moved != nullptr) free(context, memory);
    return moved;
  }

  VkAllocationCallbacks callbacks_{};
  std::atomic<std::uint64_t> calls_{0}, foreign_{0};
  std::atomic<std::int64_t> live_{0};
};

}  // namespace framealloc::gpu::vulkan_test
