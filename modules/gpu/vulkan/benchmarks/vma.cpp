// SPDX-License-Identifier: MIT OR Apache-2.0
#define VMA_STATIC_VULKAN_FUNCTIONS 0
#define VMA_DYNAMIC_VULKAN_FUNCTIONS 1
#define VMA_IMPLEMENTATION
#include "vma.hpp"

#include <vk_mem_alloc.h>

#include <cstring>
#include <vector>

namespace bench {
namespace {

class Vma final : public VmaPeer {
 public:
  explicit Vma(const vulkan_device::Device& device) {
    VmaVulkanFunctions functions{};
    functions.vkGetInstanceProcAddr = device.getter;
    functions.vkGetDeviceProcAddr = device.get<PFN_vkGetDeviceProcAddr>("vkGetDeviceProcAddr");
    VmaAllocatorCreateInfo info{};
    info.physicalDevice = device.physical;
    info.device = device.device;
    info.instance = device.instance;
    info.pVulkanFunctions = &functions;
    info.vulkanApiVersion = VK_API_VERSION_1_2;
    vmaCreateAllocator(&info, &allocator_);
  }
  ~Vma() override { vmaDestroyAllocator(allocator_); }

  bool create_and_destroy(std::span<const std::size_t> sizes, bool mapped) override {
    thread_local std::vector<Made> made;
    made.clear();
    VkBufferCreateInfo buffer{};
    buffer.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    buffer.usage = 0x1FF & ~0xCU;
    VmaAllocationCreateInfo memory{};
    memory.usage = VMA_MEMORY_USAGE_AUTO;
    if (mapped) {
      memory.flags =
          VMA_ALLOCATION_CREATE_HOST_ACCESS_SEQUENTIAL_WRITE_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
    }
    bool all = true;
    for (const std::size_t size : sizes) {
      buffer.size = size;
      Made one{};
      VmaAllocationInfo info{};
      if (vmaCreateBuffer(allocator_, &buffer, &memory, &one.buffer, &one.allocation, &info) !=
          VK_SUCCESS) {
        all = false;
        continue;
      }
      if (mapped) std::memcpy(info.pMappedData, &size, 8);
      made.push_back(one);
    }
    for (const Made& one : made) vmaDestroyBuffer(allocator_, one.buffer, one.allocation);
    return all;
  }

 private:
  struct Made {
    VkBuffer buffer;
    VmaAllocation allocation;
  };
  VmaAllocator allocator_ = nullptr;
};

}  // namespace

std::unique_ptr<VmaPeer> make_vma(const vulkan_device::Device& device) {
  return std::make_unique<Vma>(device);
}

}  // namespace bench
