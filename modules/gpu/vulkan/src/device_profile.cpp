// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device_profile.hpp"

#include <algorithm>
#include <cstring>

namespace framealloc::gpu::vulkan_detail {
namespace {

constexpr VkMemoryPropertyFlags kLeftOut = VK_MEMORY_PROPERTY_PROTECTED_BIT |
                                           VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD |
                                           VK_MEMORY_PROPERTY_DEVICE_UNCACHED_BIT_AMD;

std::size_t bounded(VkDeviceSize size) noexcept {
  return static_cast<std::size_t>(std::min<VkDeviceSize>(size, SIZE_MAX));
}

GpuMemoryTypeInfo describe(const VkMemoryType& type) noexcept {
  const auto has = [&](VkMemoryPropertyFlags bit) { return (type.propertyFlags & bit) != 0; };
  return {.heap = type.heapIndex,
          .device_local = has(VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
          .host_visible = has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT),
          .host_coherent = has(VK_MEMORY_PROPERTY_HOST_COHERENT_BIT),
          .host_cached = has(VK_MEMORY_PROPERTY_HOST_CACHED_BIT),
          .lazily_allocated = has(VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT)};
}

}  // namespace

void DeviceProfile::read(const VulkanFunctions& functions,
                         const VulkanBackendConfig& config) noexcept {
  VkPhysicalDeviceMaintenance3Properties sizes{};
  sizes.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES;
  VkPhysicalDeviceProperties2 properties{};
  properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  properties.pNext = &sizes;
  functions.vkGetPhysicalDeviceProperties2(config.physical_device, &properties);
  VkPhysicalDeviceMemoryProperties2 memory{};
  memory.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2;
  functions.vkGetPhysicalDeviceMemoryProperties2(config.physical_device, &memory);

  std::memcpy(name_, properties.properties.deviceName, sizeof name_ - 1);
  const VkPhysicalDeviceLimits& limits = properties.properties.limits;
  info_.name = name_;
  info_.non_coherent_atom = bounded(limits.nonCoherentAtomSize);
  info_.buffer_image_granularity = bounded(limits.bufferImageGranularity);
  info_.min_uniform_alignment = bounded(limits.minUniformBufferOffsetAlignment);
  info_.min_storage_alignment = bounded(limits.minStorageBufferOffsetAlignment);
  info_.min_texel_alignment = bounded(limits.minTexelBufferOffsetAlignment);
  info_.max_allocation_size = bounded(sizes.maxMemoryAllocationSize);
  info_.max_allocation_count = limits.maxMemoryAllocationCount;
  info_.reports_budget = config.memory_budget;

  const VkPhysicalDeviceMemoryProperties& all = memory.memoryProperties;
  bool some_local = false;
  bool some_not = false;
  for (std::uint32_t h = 0; h < all.memoryHeapCount; ++h) {
    const bool local = (all.memoryHeaps[h].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0;
    info_.heaps.push_back({bounded(all.memoryHeaps[h].size), local});
    (local ? some_local : some_not) = true;
  }
  info_.discrete = some_local && some_not;
  for (std::uint32_t t = 0; t < all.memoryTypeCount; ++t) {
    if ((all.memoryTypes[t].propertyFlags & kLeftOut) != 0) continue;
    vulkan_types_[info_.types.size()] = t;
    info_.types.push_back(describe(all.memoryTypes[t]));
  }
}

std::uint32_t DeviceProfile::mask_of(std::uint32_t vulkan_mask) const noexcept {
  std::uint32_t mask = 0;
  for (std::size_t t = 0; t < info_.types.size(); ++t) {
    if ((vulkan_mask >> vulkan_types_[t] & 1U) != 0) mask |= std::uint32_t{1} << t;
  }
  return mask;
}

}  // namespace framealloc::gpu::vulkan_detail
