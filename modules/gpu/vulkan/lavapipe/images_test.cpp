// SPDX-License-Identifier: MIT OR Apache-2.0
// Images: uploaded by the library, read back by a copy of the test's own.
#include "lavapipe/host_buffer.hpp"
#include "lavapipe/reports.hpp"
#include "lavapipe/rig.hpp"
#include "vulkan/compute.hpp"

#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <cstring>
#include <random>
#include <vector>

#include "scramble.spv.hpp"  // needs the types of <cstdint>

namespace framealloc::gpu::vulkan_test {
namespace {

VkImageCreateInfo texture(VkFormat format, std::uint32_t width, std::uint32_t height,
                          std::uint32_t mips = 1, std::uint32_t layers = 1) {
  VkImageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = format;
  info.extent = {width, height, 1};
  info.mipLevels = mips;
  info.arrayLayers = layers;
  info.samples = VK_SAMPLE_COUNT_1_BIT;
  info.tiling = VK_IMAGE_TILING_OPTIMAL;
  info.usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
               VK_IMAGE_USAGE_SAMPLED_BIT;
  info.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  info.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  return info;
}

std::vector<std::byte> noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

// An allocator on the rig's backend, and a command buffer of the test's own.
struct Bench {
  explicit Bench(Rig& rig_)
      : rig(rig_),
        cpu(reports.config()),
        gpu(*GpuAllocator::create(cpu, *rig.backend)),
        commands(*rig.device, kShader_scramble, 64, 1) {}

  // Result: one level of an image that lies in `layout`, through a copy in queue order.
  std::vector<std::byte> read(const VulkanImage& image, VkExtent3D extent, std::size_t size,
                              VkImageLayout layout, Ticket ticket, std::uint32_t mip = 0,
                              std::uint32_t layer = 0) {
    HostBuffer back(*rig.backend, size);
    const VkCommandBuffer recording = commands.begin(0);
    rig.backend->acquire(ticket, recording);
    VkImageMemoryBarrier barrier{};
    barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
    barrier.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT;
    barrier.oldLayout = layout;
    barrier.newLayout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
    barrier.srcQueueFamilyIndex = barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.image = image.image();
    barrier.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, mip, 1, layer, 1};
    rig.device->get<PFN_vkCmdPipelineBarrier>("vkCmdPipelineBarrier")(
        recording, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0,
        nullptr, 0, nullptr, 1, &barrier);
    VkBufferImageCopy copy{};
    copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, mip, layer, 1};
    copy.imageExtent = extent;
    rig.device->get<PFN_vkCmdCopyImageToBuffer>("vkCmdCopyImageToBuffer")(
        recording, image.image(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
        vulkan_handle(back.buffer.handle), 1, &copy);
    VkMemoryBarrier to_host{};
    to_host.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
    to_host.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
    to_host.dstAccessMask = VK_ACCESS_HOST_READ_BIT;
    rig.device->get<PFN_vkCmdPipelineBarrier>("vkCmdPipelineBarrier")(
        recording, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &to_host, 0,
        nullptr, 0, nullptr);
    const VulkanWait wait = rig.backend->wait_for(ticket);
    EXPECT_EQ(commands.submit(0, wait.semaphore, wait.value, VK_NULL_HANDLE, 0), VK_SUCCESS);
    rig.device->get<PFN_vkQueueWaitIdle>("vkQueueWaitIdle")(rig.device->queue);
    return {back.memory.mapped, back.memory.mapped + size};
  }
  static VkBuffer vulkan_handle(std::uint64_t raw) {
    return VulkanBackend::buffer(GpuSlice{.buffer = raw});
  }

  Rig& rig;
  Reports reports;
  SmartAlloc cpu;
  GpuAllocator gpu;
  vulkan_device::Compute commands;
};

struct ImagesCase {
  bool timeline, discrete, second_queue;
};
class Images : public ::testing::TestWithParam<ImagesCase> {};
INSTANTIATE_TEST_SUITE_P(
    Lavapipe, Images,
    ::testing::Values(ImagesCase{true, false, false}, ImagesCase{true, true, false},
                      ImagesCase{false, false, false}, ImagesCase{false, true, false},
                      ImagesCase{true, false, true}, ImagesCase{true, true, true}),
    [](const auto& test) {
      return std::string(test.param.timeline ? "Timeline" : "Fences") +
             (test.param.discrete ? "Discrete" : "Unified") +
             (test.param.second_queue ? "TwoQueues" : "");
    });

TEST_P(Images, EveryMipAndLayerComesBackAsItWasGiven) {
  Rig rig({.timeline = GetParam().timeline,
           .discrete = GetParam().discrete,
           .second_queue = GetParam().second_queue,
           .names = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  Bench bench(rig);
  constexpr VkImageLayout kTo = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
  auto image = rig.backend->create_image(bench.gpu, texture(VK_FORMAT_R8G8B8A8_UNORM, 37, 20, 4, 2),
                                         GpuAllocRequirements().with_name("albedo"));
  ASSERT_TRUE(image) << image.error().message.view();
  EXPECT_GE(image->size(), 37U * 20 * 4);
  ASSERT_TRUE(bench.gpu.begin_gpu_frame());
  TransferBatch batch = bench.gpu.begin_transfer();
  for (std::uint32_t layer = 0; layer < 2; ++layer) {
    for (std::uint32_t mip = 0; mip < 4; ++mip) {
      const VkExtent3D extent{37U >> mip, 20U >> mip, 1};
      const auto bytes = noise(std::size_t{extent.width} * extent.height * 4, mip * 2 + layer);
      const auto recorded = rig.backend->upload(batch, *image, bytes, extent, kTo,
                                                VK_IMAGE_LAYOUT_UNDEFINED, mip, layer);
      ASSERT_TRUE(recorded) << recorded.error().message.view();
    }
  }
  const auto ticket = batch.submit();
  ASSERT_TRUE(ticket) << ticket.error().message.view();
  for (std::uint32_t layer = 0; layer < 2; ++layer) {
    for (std::uint32_t mip = 0; mip < 4; ++mip) {
      const VkExtent3D extent{37U >> mip, 20U >> mip, 1};
      const std::size_t size = std::size_t{extent.width} * extent.height * 4;
      EXPECT_EQ(bench.read(*image, extent, size, kTo, *ticket, mip, layer),
                noise(size, mip * 2 + layer))
          << "mip " << mip << " of layer " << layer;
    }
  }
  *image = VulkanImage();  // in the frame that has used it
  ASSERT_TRUE(bench.gpu.end_gpu_frame());
  EXPECT_EQ(bench.reports.count(), 0U) << bench.reports.last();
  const auto counts = rig.probe->counts();
  EXPECT_EQ(counts.transfer_submissions, GetParam().second_queue ? 1U : 0U);
  EXPECT_EQ(counts.releases, GetParam().second_queue ? 8U : 0U);
  EXPECT_EQ(counts.acquires, GetParam().second_queue ? 8U : 0U);
}

// 12 bytes a pixel: no power of two, and yet the copy begins on a multiple of it.
TEST(Images, PixelsOfTwelveBytesAndBlocksOfSixteen) {
  Rig rig;
  ASSERT_TRUE(rig.backend) << rig.error;
  Bench bench(rig);
  for (const VkFormat format : {VK_FORMAT_R32G32B32_SFLOAT, VK_FORMAT_BC7_UNORM_BLOCK}) {
    VkFormatProperties properties{};
    rig.device->get<PFN_vkGetPhysicalDeviceFormatProperties>("vkGetPhysicalDeviceFormatProperties")(
        rig.device->physical, format, &properties);
    if ((properties.optimalTilingFeatures & VK_FORMAT_FEATURE_SAMPLED_IMAGE_BIT) == 0) continue;
    const std::size_t size = format == VK_FORMAT_BC7_UNORM_BLOCK ? 5U * 3 * 16 : 18U * 9 * 12;
    auto image = rig.backend->create_image(bench.gpu, texture(format, 18, 9), {});
    ASSERT_TRUE(image) << image.error().message.view();
    ASSERT_TRUE(bench.gpu.begin_gpu_frame());
    ASSERT_TRUE(bench.gpu.staging().alloc(20));  // so that the ring is not on such a multiple
    TransferBatch batch = bench.gpu.begin_transfer();
    const auto bytes = noise(size, 5);
    ASSERT_TRUE(rig.backend->upload(batch, *image, bytes, {18, 9, 1}, VK_IMAGE_LAYOUT_GENERAL));
    const auto ticket = batch.submit();
    ASSERT_TRUE(ticket);
    EXPECT_EQ(bench.read(*image, {18, 9, 1}, size, VK_IMAGE_LAYOUT_GENERAL, *ticket), bytes);
    ASSERT_TRUE(bench.gpu.end_gpu_frame());
  }
  EXPECT_EQ(bench.reports.count(), 0U) << bench.reports.last();
}

TEST(Images, AnUploadThatCannotBeIsNamed) {
  Rig rig;
  ASSERT_TRUE(rig.backend) << rig.error;
  Bench bench(rig);
  ASSERT_TRUE(bench.gpu.begin_gpu_frame());
  TransferBatch batch = bench.gpu.begin_transfer();
  const auto bytes = noise(64 * 4, 1);
  auto image = rig.backend->create_image(bench.gpu, texture(VK_FORMAT_R8G8B8A8_UNORM, 8, 8), {});
  ASSERT_TRUE(image);
  const auto code = [&](const VulkanImage& to, VkExtent3D extent, std::size_t size,
                        std::uint32_t mip = 0) {
    const auto result =
        rig.backend->upload(batch, to, std::span(bytes).first(size), extent,
                            VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_UNDEFINED, mip);
    return result ? Code::None : result.error().code;
  };
  EXPECT_EQ(code(VulkanImage(), {8, 8, 1}, 256), Code::FA011);
  EXPECT_EQ(code(*image, {4, 8, 1}, 128), Code::FA011);
  EXPECT_EQ(code(*image, {8, 8, 1}, 255), Code::FA011);
  EXPECT_EQ(code(*image, {4, 4, 1}, 64, 1), Code::FA011);
  VkImageCreateInfo info = texture(VK_FORMAT_R8G8B8A8_UNORM, 8, 8);
  info.usage = VK_IMAGE_USAGE_SAMPLED_BIT;
  auto sampled = rig.backend->create_image(bench.gpu, info, {});
  ASSERT_TRUE(sampled);
  EXPECT_EQ(code(*sampled, {8, 8, 1}, 256), Code::FA412);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(bench.reports.count(), 4U);  // an empty image has nobody to report to
  EXPECT_EQ(code(*image, {8, 8, 1}, 256), Code::None);
  EXPECT_FALSE(batch.empty());
  ASSERT_TRUE(batch.submit());
  ASSERT_TRUE(bench.gpu.end_gpu_frame());
}

TEST(Images, OneThatTheDeviceDeniesLeavesNothing) {
  Rig rig({.discrete = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  Bench bench(rig);
  rig.probe->fail_memory_at(1, true);
  const auto image =
      rig.backend->create_image(bench.gpu, texture(VK_FORMAT_R8G8B8A8_UNORM, 256, 256), {});
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, Code::FA416);
  EXPECT_EQ(bench.reports.count(), 1U);
  EXPECT_EQ(rig.probe->counts().live_bytes, 0U);
  rig.probe->fail_memory_at(0);
}

// The caller's own commands take the batch: an image among it.
TEST(Images, ABatchMayGoIntoCommandsOfTheCallers) {
  Rig rig;
  ASSERT_TRUE(rig.backend) << rig.error;
  Bench bench(rig);
  auto image = rig.backend->create_image(bench.gpu, texture(VK_FORMAT_R8G8B8A8_UNORM, 16, 16), {});
  ASSERT_TRUE(image);
  const auto bytes = noise(16 * 16 * 4, 9);
  vulkan_device::Compute own(*rig.device, kShader_scramble, 64, 1);
  auto from = bench.gpu.allocate({64, GpuMemoryIntent::DeviceOnly});
  auto into = bench.gpu.allocate({64, GpuMemoryIntent::DeviceOnly});
  ASSERT_TRUE(from && into);
  TransferBatch early = bench.gpu.begin_transfer();
  ASSERT_TRUE(early.copy(*from, *into));
  const auto refused = rig.backend->record(std::move(early), VK_NULL_HANDLE);
  ASSERT_FALSE(refused);  // no frame is open, and nothing was recorded
  EXPECT_EQ(refused.error().code, Code::FA001);
  const std::size_t before = bench.reports.count();
  ASSERT_TRUE(bench.gpu.begin_gpu_frame());
  TransferBatch batch = bench.gpu.begin_transfer();
  ASSERT_TRUE(rig.backend->upload(batch, *image, bytes, {16, 16, 1}));
  const std::uint64_t submissions = rig.probe->counts().submissions;
  const auto ticket = rig.backend->record(std::move(batch), own.begin(0));
  ASSERT_TRUE(ticket) << ticket.error().message.view();
  ASSERT_EQ(own.submit(0), VK_SUCCESS);
  EXPECT_EQ(rig.probe->counts().submissions, submissions);
  EXPECT_EQ(bench.read(*image, {16, 16, 1}, bytes.size(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                       Ticket{}),
            bytes);
  EXPECT_FALSE(bench.gpu.is_complete(*ticket));
  const auto end = bench.gpu.end_gpu_frame();
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, *ticket);
  EXPECT_EQ(bench.reports.count(), before) << bench.reports.last();
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_test
