// SPDX-License-Identifier: MIT OR Apache-2.0
#include "driver.hpp"

#include <vector>

namespace bench {

Driver::Driver(const vulkan_device::Device& device)
    : device_(device),
      create_(device.get<PFN_vkCreateBuffer>("vkCreateBuffer")),
      needs_(device.get<PFN_vkGetBufferMemoryRequirements2>("vkGetBufferMemoryRequirements2")),
      bind_(device.get<PFN_vkBindBufferMemory>("vkBindBufferMemory")),
      destroy_(device.get<PFN_vkDestroyBuffer>("vkDestroyBuffer")) {
  VkMemoryAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  info.allocationSize = 1 << 20;  // more than one buffer needs: what they share, nobody reads
  device.get<PFN_vkAllocateMemory>("vkAllocateMemory")(device.device, &info, nullptr, &memory_);
}

Driver::~Driver() {
  device_.get<PFN_vkFreeMemory>("vkFreeMemory")(device_.device, memory_, nullptr);
}

bool Driver::create_and_destroy(std::span<const std::size_t> sizes) {
  thread_local std::vector<VkBuffer> made;
  made.clear();
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.usage = 0x1FF & ~0xCU;
  bool all = true;
  for (const std::size_t size : sizes) {
    info.size = size;
    VkBuffer buffer = VK_NULL_HANDLE;
    if (create_(device_.device, &info, nullptr, &buffer) != VK_SUCCESS) {
      all = false;
      continue;
    }
    made.push_back(buffer);
    VkBufferMemoryRequirementsInfo2 of{};
    of.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2;
    of.buffer = buffer;
    VkMemoryRequirements2 needs{};
    needs.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2;
    needs_(device_.device, &of, &needs);
    all = bind_(device_.device, buffer, memory_, 0) == VK_SUCCESS && all;
  }
  for (const VkBuffer buffer : made) destroy_(device_.device, buffer, nullptr);
  return all;
}

}  // namespace bench
