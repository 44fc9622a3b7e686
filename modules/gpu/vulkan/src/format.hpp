// SPDX-License-Identifier: MIT OR Apache-2.0
// How the pixels of a format lie in a buffer.
#pragma once

#include <vulkan/vulkan.h>

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::vulkan_detail {

/// A block is one pixel, or the rectangle that a compressed format stores together.
struct FormatBlock {
  std::uint32_t width = 0, height = 0;
  std::size_t bytes = 0;  ///< 0: a format that cannot be copied to in one piece, or is not known
  VkImageAspectFlags aspect = 0;
};

/// Result: for the formats of Vulkan 1.0 with one aspect.
[[nodiscard]] FormatBlock block_of(VkFormat format) noexcept;

/// Result: bytes of one layer of such an extent, rows and slices without gaps.
[[nodiscard]] std::size_t bytes_of(const FormatBlock& block, const VkExtent3D& extent) noexcept;

}  // namespace framealloc::gpu::vulkan_detail
