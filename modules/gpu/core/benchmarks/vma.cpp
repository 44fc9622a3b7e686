// SPDX-License-Identifier: MIT OR Apache-2.0
// The virtual block of the Vulkan Memory Allocator, with its default strategy.
#ifndef BENCH_VMA_IS_ELSEWHERE  // in a program that has the rest of VMA too
#define VMA_IMPLEMENTATION
#endif
#define VMA_STATIC_VULKAN_FUNCTIONS 0
#define VMA_DYNAMIC_VULKAN_FUNCTIONS 0
#define VMA_STATS_STRING_ENABLED 0
#include <vk_mem_alloc.h>

#include "typed_peer.hpp"

namespace bench {
namespace {

class Vma {
 public:
  static constexpr const char* kName = "VMA virtual block";
  static constexpr bool kAligns = true;
  struct Slot {
    VmaVirtualAllocation allocation = VK_NULL_HANDLE;
    VkDeviceSize offset = 0;
  };

  explicit Vma(const Workload& workload) {
    const VmaVirtualBlockCreateInfo info{workload.range, 0, nullptr};
    if (vmaCreateVirtualBlock(&info, &block_) != VK_SUCCESS) std::abort();
  }
  Vma(const Vma&) = delete;
  Vma& operator=(const Vma&) = delete;
  ~Vma() {
    vmaClearVirtualBlock(block_);
    vmaDestroyVirtualBlock(block_);
  }
  bool allocate(Slot& slot, std::uint64_t size, std::uint64_t alignment) {
    const VmaVirtualAllocationCreateInfo info{size, alignment, 0, nullptr};
    return vmaVirtualAllocate(block_, &info, &slot.allocation, &slot.offset) == VK_SUCCESS;
  }
  void free(Slot& slot) { vmaVirtualFree(block_, slot.allocation); }
  static std::uint64_t offset(const Slot& slot) { return slot.offset; }

 private:
  VmaVirtualBlock block_ = VK_NULL_HANDLE;
};

}  // namespace

std::unique_ptr<Peer> make_vma() { return std::make_unique<TypedPeer<Vma>>(); }

}  // namespace bench
