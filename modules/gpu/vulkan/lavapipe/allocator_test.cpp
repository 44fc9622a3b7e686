// SPDX-License-Identifier: MIT OR Apache-2.0
// The GPU allocator on a Vulkan device: buffers, foreign resources, failures, callbacks.
#include "lavapipe/counting_callbacks.hpp"
#include "lavapipe/reports.hpp"
#include "lavapipe/rig.hpp"

#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <cstring>
#include <vector>

namespace framealloc::gpu::vulkan_test {
namespace {

constexpr std::size_t kKiB = 1024;

struct AllocatorCase {
  bool timeline, discrete;
};

class OnVulkan : public ::testing::TestWithParam<AllocatorCase> {};
INSTANTIATE_TEST_SUITE_P(Lavapipe, OnVulkan,
                         ::testing::Values(AllocatorCase{true, false}, AllocatorCase{true, true},
                                           AllocatorCase{false, false}, AllocatorCase{false, true}),
                         [](const auto& test) {
                           return std::string(test.param.timeline ? "Timeline" : "Fences") +
                                  (test.param.discrete ? "Discrete" : "Unified");
                         });

TEST_P(OnVulkan, EveryIntentHasMemoryOfItsKind) {
  Rig rig({.timeline = GetParam().timeline, .discrete = GetParam().discrete, .budget = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  Reports reports;
  SmartAlloc cpu(reports.config());
  {
    auto gpu = GpuAllocator::create(cpu, *rig.backend);
    ASSERT_TRUE(gpu) << gpu.error().message.view();
    for (const GpuMemoryIntent intent :
         {GpuMemoryIntent::DeviceOnly, GpuMemoryIntent::HostVisible, GpuMemoryIntent::HostCached,
          GpuMemoryIntent::Staging, GpuMemoryIntent::Readback}) {
      auto buffer = gpu->allocate({100 * kKiB, intent});
      ASSERT_TRUE(buffer) << buffer.error().message.view();
      EXPECT_NE(VulkanBackend::buffer(*buffer), static_cast<VkBuffer>(VK_NULL_HANDLE));
      EXPECT_EQ(gpu->supports_mapping(intent), intent != GpuMemoryIntent::DeviceOnly);
      if (intent == GpuMemoryIntent::DeviceOnly) continue;
      const std::span<std::byte> bytes = buffer->map(MapMode::ReadWrite);
      ASSERT_EQ(bytes.size(), 100 * kKiB);
      std::memset(bytes.data(), 1, bytes.size());
      buffer->unmap();
    }
    EXPECT_EQ(reports.count(), 0U) << reports.last();
    if (GetParam().discrete) {
      EXPECT_GT(gpu->heap_budget(0).reserved, 0U);  // DeviceOnly
      EXPECT_GT(gpu->heap_budget(1).reserved, 0U);  // the host's
      EXPECT_GT(gpu->heap_budget(2).reserved, 0U);  // HostVisible, in the small window
      EXPECT_TRUE(gpu->heap_budget(0).measured);
    }
  }
  EXPECT_EQ(reports.count(), 0U) << reports.last();
}

TEST_P(OnVulkan, AllocationCallbacksAreBalanced) {
  CountingCallbacks callbacks;
  {
    Rig rig({.timeline = GetParam().timeline,
             .discrete = GetParam().discrete,
             .callbacks = callbacks.get()});
    ASSERT_TRUE(rig.backend) << rig.error;
    SmartAlloc cpu;
    auto gpu = GpuAllocator::create(cpu, *rig.backend);
    ASSERT_TRUE(gpu);
    std::vector<GpuBuffer> buffers;
    for (unsigned i = 0; i < 40; ++i) {
      if (i % 10 == 0) {
        ASSERT_TRUE(gpu->begin_gpu_frame());
      }
      auto buffer = gpu->allocate(
          GpuAllocRequirements(1000 + i * 100, GpuMemoryIntent::DeviceOnly).with_name("thing"));
      ASSERT_TRUE(buffer);
      if (i % 3 != 0) buffers.push_back(std::move(*buffer));
      if (i % 10 == 9) {
        ASSERT_TRUE(gpu->end_gpu_frame());
      }
    }
    EXPECT_GT(callbacks.calls(), 40U);
    EXPECT_GT(callbacks.live(), 0);
    buffers.clear();
  }
  EXPECT_EQ(callbacks.live(), 0);
  EXPECT_EQ(callbacks.foreign(), 0U);
}

// Whatever allocation of the device fails, once or forever: a named denial, nothing lost.
TEST_P(OnVulkan, SurvivesEveryFailedAllocation) {
  for (const bool for_ever : {false, true}) {
    Rig rig({.timeline = GetParam().timeline, .discrete = GetParam().discrete});
    ASSERT_TRUE(rig.backend) << rig.error;
    for (std::uint64_t n = 1; n <= 6; ++n) {
      Reports reports;
      SmartAlloc cpu(reports.config());
      unsigned denied = 0;
      {
        rig.probe->fail_memory_at(n, for_ever);
        auto gpu = GpuAllocator::create(cpu, *rig.backend,
                                        {.block_size = 64 * kKiB, .dedicated_from = 64 * kKiB});
        ASSERT_TRUE(gpu);
        std::vector<GpuBuffer> buffers;
        for (unsigned i = 0; i < 40; ++i) {
          auto buffer = gpu->allocate(
              {20 * kKiB, i % 2 == 0 ? GpuMemoryIntent::DeviceOnly : GpuMemoryIntent::Readback});
          if (buffer) {
            buffers.push_back(std::move(*buffer));
          } else {
            EXPECT_EQ(buffer.error().code, Code::FA416) << buffer.error().message.view();
            ++denied;
          }
        }
        const GpuAllocStats stats = gpu->stats();
        EXPECT_EQ(stats.total_bytes, rig.probe->counts().live_bytes);
        EXPECT_EQ(stats.failed_allocations, denied);
      }
      EXPECT_EQ(reports.count(Code::FA416), denied);
      EXPECT_EQ(reports.count(), denied) << reports.last();
      if (for_ever) {
        EXPECT_GT(denied, 0U);
      }
      rig.probe->fail_memory_at(0);
      EXPECT_EQ(rig.probe->counts().live_bytes, 0U);
    }
  }
}

// The first sixty of blocks, of memory of its own and of the ring's: each fails, once or forever.
TEST(DeniedMemory, EachOfSixtyAllocationsFailsOnceAndForEver) {
  CountingCallbacks callbacks;
  {
    Rig rig({.callbacks = callbacks.get()});
    ASSERT_TRUE(rig.backend) << rig.error;
    for (std::uint64_t n = 1; n <= 60; ++n) {
      for (const bool for_ever : {false, true}) {
        SCOPED_TRACE(std::to_string(n) + (for_ever ? " and later" : ""));
        Reports reports;
        SmartAlloc cpu(reports.config());
        const std::uint64_t before = rig.probe->counts().live_bytes;
        const std::uint64_t granted = rig.probe->counts().allocations;
        unsigned denied = 0;
        {
          rig.probe->fail_memory_at(n, for_ever);
          auto gpu = GpuAllocator::create(
              cpu, *rig.backend,
              {.block_size = 64 * kKiB, .ring_page = 16 * kKiB, .ring_size = 16 * kKiB});
          ASSERT_TRUE(gpu);
          ASSERT_TRUE(gpu->begin_gpu_frame());
          std::vector<GpuBuffer> buffers;
          // Until the device was asked once more than for the one that fails.
          for (unsigned i = 0; rig.probe->counts().allocations - granted <= n; ++i) {
            ASSERT_LT(i, 1000U);
            GpuAllocRequirements request(i % 3 == 0 ? 30 * kKiB : 4 * kKiB,
                                         GpuMemoryIntent::DeviceOnly);
            request.dedicated = i % 3 == 1;
            if (i % 3 == 2) {
              if (!gpu->staging().alloc(16 * kKiB)) ++denied;
              continue;
            }
            auto buffer = gpu->allocate(request);
            if (buffer) {
              buffers.push_back(std::move(*buffer));
            } else {
              EXPECT_EQ(buffer.error().code, Code::FA416) << buffer.error().message.view();
              ++denied;
            }
          }
          const GpuAllocStats stats = gpu->stats();
          EXPECT_EQ(stats.total_bytes, rig.probe->counts().live_bytes - before);
          EXPECT_EQ(stats.failed_allocations, denied);
          EXPECT_EQ(stats.device_allocations, for_ever ? n - 1 : n);
          EXPECT_TRUE(gpu->end_gpu_frame());
        }
        EXPECT_EQ(reports.count(Code::FA416), denied);
        EXPECT_EQ(reports.count(), denied) << reports.last();
        rig.probe->fail_memory_at(0);
        EXPECT_EQ(rig.probe->counts().live_bytes, before);
      }
    }
  }
  EXPECT_EQ(callbacks.live(), 0);
  EXPECT_EQ(callbacks.foreign(), 0U);
}

TEST_P(OnVulkan, GivesMemoryToResourcesOfOthers) {
  Rig rig({.timeline = GetParam().timeline, .discrete = GetParam().discrete, .names = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  SmartAlloc cpu;
  auto gpu = GpuAllocator::create(cpu, *rig.backend);
  ASSERT_TRUE(gpu);
  const auto& device = *rig.device;
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = 5000;
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
  for (const bool dedicated : {false, true}) {
    VkBuffer buffer = VK_NULL_HANDLE;
    ASSERT_EQ(
        device.get<PFN_vkCreateBuffer>("vkCreateBuffer")(device.device, &info, nullptr, &buffer),
        VK_SUCCESS);
    GpuAllocRequirements request;
    request.dedicated = dedicated;
    auto memory = rig.backend->allocate_for(*gpu, buffer, request);
    ASSERT_TRUE(memory) << memory.error().message.view();
    EXPECT_GE(memory->size(), 5000U);
    EXPECT_EQ(device.get<PFN_vkBindBufferMemory>("vkBindBufferMemory")(
                  device.device, buffer, memory->memory(), memory->offset()),
              VK_SUCCESS);
    EXPECT_EQ(gpu->stats().dedicated_bytes > 0, dedicated);
    device.get<PFN_vkDestroyBuffer>("vkDestroyBuffer")(device.device, buffer, nullptr);
    *memory = VulkanMemory();
  }
  EXPECT_EQ(gpu->stats().allocation_count, 0U);
  EXPECT_TRUE(gpu->wait_idle());
}

TEST(OtherBackend, IsNotTaken) {
  Rig rig;
  ASSERT_TRUE(rig.backend) << rig.error;
  Reports reports;
  SmartAlloc cpu(reports.config());
  HostBackend host;
  auto gpu = GpuAllocator::create(cpu, host);
  ASSERT_TRUE(gpu);
  VkImageCreateInfo info{};
  const auto image = rig.backend->create_image(*gpu, info, {});
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, Code::FA010);
  EXPECT_EQ(reports.count(Code::FA010), 1U);
}

// One after another, and a second one at once.
TEST_P(OnVulkan, SeveralAllocatorsStandOnABackend) {
  Rig rig({.timeline = GetParam().timeline, .discrete = GetParam().discrete});
  ASSERT_TRUE(rig.backend) << rig.error;
  Reports reports;
  SmartAlloc cpu(reports.config());
  auto beside = GpuAllocator::create(cpu, *rig.backend);
  ASSERT_TRUE(beside);
  const auto frame = [](GpuAllocator& gpu, int value) {
    const std::vector<std::byte> data(300, static_cast<std::byte>(value));
    ASSERT_TRUE(gpu.begin_gpu_frame());
    auto buffer = gpu.allocate({data.size(), GpuMemoryIntent::DeviceOnly});
    ASSERT_TRUE(buffer);
    TransferBatch batch = gpu.begin_transfer();
    ASSERT_TRUE(batch.upload(*buffer, data));
    auto readback = batch.readback(*buffer);
    ASSERT_TRUE(readback);
    ASSERT_TRUE(batch.submit());
    ASSERT_TRUE(gpu.end_gpu_frame());
    const auto bytes = readback->wait();
    ASSERT_TRUE(bytes) << bytes.error().message.view();
    EXPECT_EQ((*bytes)[299], static_cast<std::byte>(value));
  };
  for (int round = 0; round < 3; ++round) {
    auto gpu = GpuAllocator::create(cpu, *rig.backend);
    ASSERT_TRUE(gpu);
    for (int i = 0; i < 4; ++i) {
      frame(*gpu, i);
      frame(*beside, 100 + i);
    }
  }
  EXPECT_TRUE(beside->wait_idle());
  EXPECT_EQ(reports.count(), 0U) << reports.last();
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_test
