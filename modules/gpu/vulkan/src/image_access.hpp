// SPDX-License-Identifier: MIT OR Apache-2.0
// The library's own way into a VulkanImage, and to the sink of the allocator that it is of.
#pragma once

#include <framealloc/gpu/vulkan/image.hpp>
#include <framealloc/report.hpp>
#include <framealloc/result.hpp>
#include <framealloc/smart_alloc.hpp>

#include <string_view>
#include <utility>

namespace framealloc::gpu::vulkan_detail {

/// Effect: reports a failure. Result: the same as a value.
[[nodiscard]] inline Error reported(const SmartAlloc& host, Code code,
                                    std::string_view message) noexcept {
  Report report;
  report.code = code;
  report.message = message;
  host.report(report);
  return {code, message};
}

struct ImageAccess {
  [[nodiscard]] static VulkanImage make(ResourceMemory&& memory, const VkImageCreateInfo& info,
                                        const SmartAlloc& host) noexcept {
    VulkanImage image;
    image.memory_ = std::move(memory);
    image.info_ = {info.format, info.extent, info.mipLevels, info.arrayLayers, info.usage, &host};
    return image;
  }
  [[nodiscard]] static const ResourceMemory& memory(const VulkanImage& image) noexcept {
    return image.memory_;
  }
  [[nodiscard]] static const auto& info(const VulkanImage& image) noexcept { return image.info_; }
};

}  // namespace framealloc::gpu::vulkan_detail
