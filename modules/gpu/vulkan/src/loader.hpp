// SPDX-License-Identifier: MIT OR Apache-2.0
// The system's Vulkan library, opened at run time.
#pragma once

#include <vulkan/vulkan.h>

namespace framealloc::gpu::vulkan_detail {

/// Move-only hold on the library.
class VulkanLoader {
 public:
  VulkanLoader() = default;
  VulkanLoader(VulkanLoader&& other) noexcept : library_(other.library_) {
    other.library_ = nullptr;
  }
  VulkanLoader& operator=(VulkanLoader&&) = delete;
  ~VulkanLoader();

  /// Result: the library's vkGetInstanceProcAddr; null when there is no such library.
  [[nodiscard]] PFN_vkGetInstanceProcAddr open() noexcept;

 private:
  void* library_ = nullptr;
};

}  // namespace framealloc::gpu::vulkan_detail
