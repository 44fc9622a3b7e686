// SPDX-License-Identifier: MIT OR Apache-2.0
#include "format.hpp"

namespace framealloc::gpu::vulkan_detail {
namespace {

// The formats of Vulkan 1.0 are numbered in groups of one size.
struct Group {
  VkFormat last;
  std::uint8_t bytes;
};
constexpr Group kPlain[] = {{VK_FORMAT_UNDEFINED, 0},
                            {VK_FORMAT_R4G4_UNORM_PACK8, 1},
                            {VK_FORMAT_A1R5G5B5_UNORM_PACK16, 2},
                            {VK_FORMAT_R8_SRGB, 1},
                            {VK_FORMAT_R8G8_SRGB, 2},
                            {VK_FORMAT_B8G8R8_SRGB, 3},
                            {VK_FORMAT_A2B10G10R10_SINT_PACK32, 4},
                            {VK_FORMAT_R16_SFLOAT, 2},
                            {VK_FORMAT_R16G16_SFLOAT, 4},
                            {VK_FORMAT_R16G16B16_SFLOAT, 6},
                            {VK_FORMAT_R16G16B16A16_SFLOAT, 8},
                            {VK_FORMAT_R32_SFLOAT, 4},
                            {VK_FORMAT_R32G32_SFLOAT, 8},
                            {VK_FORMAT_R32G32B32_SFLOAT, 12},
                            {VK_FORMAT_R32G32B32A32_SFLOAT, 16},
                            {VK_FORMAT_R64_SFLOAT, 8},
                            {VK_FORMAT_R64G64_SFLOAT, 16},
                            {VK_FORMAT_R64G64B64_SFLOAT, 24},
                            {VK_FORMAT_R64G64B64A64_SFLOAT, 32},
                            {VK_FORMAT_E5B9G9R9_UFLOAT_PACK32, 4}};
constexpr Group kCompressed[] = {
    {VK_FORMAT_BC1_RGBA_SRGB_BLOCK, 8},      {VK_FORMAT_BC3_SRGB_BLOCK, 16},
    {VK_FORMAT_BC4_SNORM_BLOCK, 8},          {VK_FORMAT_BC7_SRGB_BLOCK, 16},
    {VK_FORMAT_ETC2_R8G8B8A1_SRGB_BLOCK, 8}, {VK_FORMAT_ETC2_R8G8B8A8_SRGB_BLOCK, 16},
    {VK_FORMAT_EAC_R11_SNORM_BLOCK, 8},      {VK_FORMAT_EAC_R11G11_SNORM_BLOCK, 16}};
// ASTC formats come in pairs, UNORM and SRGB, of one block size: 16 bytes each.
constexpr std::uint8_t kAstc[][2] = {{4, 4},  {5, 4},   {5, 5},   {6, 5},  {6, 6},
                                     {8, 5},  {8, 6},   {8, 8},   {10, 5}, {10, 6},
                                     {10, 8}, {10, 10}, {12, 10}, {12, 12}};

FormatBlock pixel(std::size_t bytes, VkImageAspectFlags aspect) noexcept {
  return {1, 1, bytes, aspect};
}

template <std::size_t N>
std::size_t bytes_in(const Group (&groups)[N], VkFormat format) noexcept {
  for (const Group& group : groups) {
    if (format <= group.last) return group.bytes;
  }
  return 0;
}

}  // namespace

FormatBlock block_of(VkFormat format) noexcept {
  switch (format) {
    case VK_FORMAT_D16_UNORM:
      return pixel(2, VK_IMAGE_ASPECT_DEPTH_BIT);
    case VK_FORMAT_X8_D24_UNORM_PACK32:
    case VK_FORMAT_D32_SFLOAT:
      return pixel(4, VK_IMAGE_ASPECT_DEPTH_BIT);
    case VK_FORMAT_S8_UINT:
      return pixel(1, VK_IMAGE_ASPECT_STENCIL_BIT);
    case VK_FORMAT_D16_UNORM_S8_UINT:
    case VK_FORMAT_D24_UNORM_S8_UINT:
    case VK_FORMAT_D32_SFLOAT_S8_UINT:
      return {};  // two aspects are two copies
    default:
      break;
  }
  if (format <= VK_FORMAT_E5B9G9R9_UFLOAT_PACK32) {
    const std::size_t bytes = bytes_in(kPlain, format);
    return bytes == 0 ? FormatBlock{} : pixel(bytes, VK_IMAGE_ASPECT_COLOR_BIT);
  }
  if (format >= VK_FORMAT_BC1_RGB_UNORM_BLOCK && format <= VK_FORMAT_EAC_R11G11_SNORM_BLOCK)
    return {4, 4, bytes_in(kCompressed, format), VK_IMAGE_ASPECT_COLOR_BIT};
  if (format >= VK_FORMAT_ASTC_4x4_UNORM_BLOCK && format <= VK_FORMAT_ASTC_12x12_SRGB_BLOCK) {
    const auto& block = kAstc[(format - VK_FORMAT_ASTC_4x4_UNORM_BLOCK) / 2];
    return {block[0], block[1], 16, VK_IMAGE_ASPECT_COLOR_BIT};
  }
  return {};
}

std::size_t bytes_of(const FormatBlock& block, const VkExtent3D& extent) noexcept {
  if (block.bytes == 0) return 0;
  const std::size_t columns = (std::size_t{extent.width} + block.width - 1) / block.width;
  const std::size_t rows = (std::size_t{extent.height} + block.height - 1) / block.height;
  return columns * rows * extent.depth * block.bytes;
}

}  // namespace framealloc::gpu::vulkan_detail
