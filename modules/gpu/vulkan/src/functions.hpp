// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan functions that were looked up.
#pragma once

#include <framealloc/gpu/vulkan/config.hpp>

namespace framealloc::gpu::vulkan_detail {

// The one function whose type has its suffix only.
using PFN_vkSetDebugUtilsObjectName = PFN_vkSetDebugUtilsObjectNameEXT;

/// A table of functions; null where the configuration needs none.
struct VulkanFunctions {
#define FRAMEALLOC_VULKAN(function, condition) PFN_vk##function vk##function = nullptr;
#include "functions.def"
#undef FRAMEALLOC_VULKAN

  /// Effect: looks up everything that `config` needs through `getter`. `version` is what instance
  /// and device both have. Result: null, or the name of the function that cannot be found.
  [[nodiscard]] const char* load(PFN_vkGetInstanceProcAddr getter,
                                 const VulkanBackendConfig& config, std::uint32_t version) noexcept;
};

}  // namespace framealloc::gpu::vulkan_detail
