// SPDX-License-Identifier: MIT OR Apache-2.0
// What the handles of the allocator are in Vulkan.
#include "handles.hpp"

#include <framealloc/gpu/buffer.hpp>
#include <framealloc/gpu/vulkan/backend.hpp>

namespace framealloc::gpu {

VkBuffer VulkanBackend::buffer(const GpuBuffer& buffer) noexcept {
  return vulkan_detail::from_raw<VkBuffer>(buffer.raw_handle());
}

VkBuffer VulkanBackend::buffer(const GpuSlice& slice) noexcept {
  return vulkan_detail::from_raw<VkBuffer>(slice.buffer);
}

VkImage VulkanImage::image() const noexcept {
  return vulkan_detail::from_raw<VkImage>(memory_.owned_image());
}

VkDeviceMemory VulkanMemory::memory() const noexcept {
  return vulkan_detail::from_raw<VkDeviceMemory>(memory_.memory());
}

}  // namespace framealloc::gpu
