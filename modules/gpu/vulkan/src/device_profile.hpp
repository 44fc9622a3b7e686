// SPDX-License-Identifier: MIT OR Apache-2.0
// What the device has, in the words of the GPU module.
#pragma once

#include "functions.hpp"

#include <framealloc/gpu/device_info.hpp>

#include <cstdint>

namespace framealloc::gpu::vulkan_detail {

/// Memory types that programs must not get by accident are left out: protected memory, which the
/// CPU never sees, and AMD's device-coherent memory, which is slow and needs a feature. The others
/// are numbered without gaps, so a number here may be another one in Vulkan.
class DeviceProfile {
 public:
  void read(const VulkanFunctions& functions, const VulkanBackendConfig& config) noexcept;

  [[nodiscard]] const GpuDeviceInfo& info() const noexcept { return info_; }
  [[nodiscard]] std::uint32_t vulkan_type(unsigned type) const noexcept {
    return vulkan_types_[type];
  }
  /// Result: Vulkan's mask of memory types as one of info().types.
  [[nodiscard]] std::uint32_t mask_of(std::uint32_t vulkan_mask) const noexcept;

 private:
  GpuDeviceInfo info_;
  std::uint32_t vulkan_types_[VK_MAX_MEMORY_TYPES] = {};
  char name_[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE] = {};
};

}  // namespace framealloc::gpu::vulkan_detail
