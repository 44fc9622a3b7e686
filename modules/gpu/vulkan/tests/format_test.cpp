// SPDX-License-Identifier: MIT OR Apache-2.0
#include "format.hpp"

#include <gtest/gtest.h>

namespace framealloc::gpu::vulkan_detail {
namespace {

TEST(Format, KnowsTheBytesOfAPixel) {
  const struct {
    VkFormat format;
    std::size_t bytes;
  } rows[] = {{VK_FORMAT_R4G4_UNORM_PACK8, 1},
              {VK_FORMAT_R4G4B4A4_UNORM_PACK16, 2},
              {VK_FORMAT_R5G6B5_UNORM_PACK16, 2},
              {VK_FORMAT_R8_UNORM, 1},
              {VK_FORMAT_R8_SRGB, 1},
              {VK_FORMAT_R8G8_UNORM, 2},
              {VK_FORMAT_R8G8B8_UNORM, 3},
              {VK_FORMAT_B8G8R8_SRGB, 3},
              {VK_FORMAT_R8G8B8A8_UNORM, 4},
              {VK_FORMAT_B8G8R8A8_SRGB, 4},
              {VK_FORMAT_A8B8G8R8_SRGB_PACK32, 4},
              {VK_FORMAT_A2R10G10B10_UNORM_PACK32, 4},
              {VK_FORMAT_R16_UNORM, 2},
              {VK_FORMAT_R16G16_SFLOAT, 4},
              {VK_FORMAT_R16G16B16_UNORM, 6},
              {VK_FORMAT_R16G16B16A16_SFLOAT, 8},
              {VK_FORMAT_R32_UINT, 4},
              {VK_FORMAT_R32G32_SINT, 8},
              {VK_FORMAT_R32G32B32_SFLOAT, 12},
              {VK_FORMAT_R32G32B32A32_SFLOAT, 16},
              {VK_FORMAT_R64_UINT, 8},
              {VK_FORMAT_R64G64_SFLOAT, 16},
              {VK_FORMAT_R64G64B64_UINT, 24},
              {VK_FORMAT_R64G64B64A64_SFLOAT, 32},
              {VK_FORMAT_B10G11R11_UFLOAT_PACK32, 4},
              {VK_FORMAT_E5B9G9R9_UFLOAT_PACK32, 4}};
  for (const auto& row : rows) {
    const FormatBlock block = block_of(row.format);
    EXPECT_EQ(block.bytes, row.bytes) << row.format;
    EXPECT_EQ(block.width, 1U);
    EXPECT_EQ(block.aspect, VkImageAspectFlags{VK_IMAGE_ASPECT_COLOR_BIT});
  }
  EXPECT_EQ(block_of(VK_FORMAT_D16_UNORM).bytes, 2U);
  EXPECT_EQ(block_of(VK_FORMAT_D32_SFLOAT).aspect, VkImageAspectFlags{VK_IMAGE_ASPECT_DEPTH_BIT});
  EXPECT_EQ(block_of(VK_FORMAT_S8_UINT).aspect, VkImageAspectFlags{VK_IMAGE_ASPECT_STENCIL_BIT});
}

TEST(Format, KnowsTheBlocksOfCompressedOnes) {
  EXPECT_EQ(block_of(VK_FORMAT_BC1_RGB_UNORM_BLOCK).bytes, 8U);
  EXPECT_EQ(block_of(VK_FORMAT_BC3_UNORM_BLOCK).bytes, 16U);
  EXPECT_EQ(block_of(VK_FORMAT_BC4_UNORM_BLOCK).bytes, 8U);
  EXPECT_EQ(block_of(VK_FORMAT_BC5_SNORM_BLOCK).bytes, 16U);
  EXPECT_EQ(block_of(VK_FORMAT_BC7_SRGB_BLOCK).bytes, 16U);
  EXPECT_EQ(block_of(VK_FORMAT_ETC2_R8G8B8_UNORM_BLOCK).bytes, 8U);
  EXPECT_EQ(block_of(VK_FORMAT_ETC2_R8G8B8A8_UNORM_BLOCK).bytes, 16U);
  EXPECT_EQ(block_of(VK_FORMAT_EAC_R11_UNORM_BLOCK).bytes, 8U);
  EXPECT_EQ(block_of(VK_FORMAT_EAC_R11G11_SNORM_BLOCK).bytes, 16U);
  const FormatBlock astc = block_of(VK_FORMAT_ASTC_10x6_SRGB_BLOCK);
  EXPECT_EQ(astc.width, 10U);
  EXPECT_EQ(astc.height, 6U);
  EXPECT_EQ(astc.bytes, 16U);
  EXPECT_EQ(block_of(VK_FORMAT_ASTC_12x12_UNORM_BLOCK).height, 12U);
  // A level smaller than a block takes a whole one.
  EXPECT_EQ(bytes_of(block_of(VK_FORMAT_BC1_RGB_UNORM_BLOCK), {2, 2, 1}), 8U);
  EXPECT_EQ(bytes_of(block_of(VK_FORMAT_BC7_UNORM_BLOCK), {17, 8, 1}), 5U * 2 * 16);
  EXPECT_EQ(bytes_of(block_of(VK_FORMAT_R8G8B8_UNORM), {5, 7, 3}), 5U * 7 * 3 * 3);
}

TEST(Format, TwoAspectsAndStrangersHaveNone) {
  EXPECT_EQ(block_of(VK_FORMAT_D24_UNORM_S8_UINT).bytes, 0U);
  EXPECT_EQ(block_of(VK_FORMAT_UNDEFINED).bytes, 0U);
  EXPECT_EQ(block_of(VK_FORMAT_G8B8G8R8_422_UNORM).bytes, 0U);
  EXPECT_EQ(bytes_of({}, {4, 4, 1}), 0U);
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_detail
