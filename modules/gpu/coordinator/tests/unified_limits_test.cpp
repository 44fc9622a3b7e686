// SPDX-License-Identifier: MIT OR Apache-2.0
// Limits over random use, and buffers that outlive what made them.
#include "coordinator_rig.hpp"

#include <framealloc/stats.hpp>

#include <array>
#include <cstdio>
#include <deque>
#include <random>
#include <span>
#include <thread>

namespace framealloc::coordinator::testing {
namespace {

struct LimitCase {
  UnifiedLimits limits;
  unsigned seed;
};
class UnifiedLimitsTest : public ::testing::TestWithParam<LimitCase> {};

TEST_P(UnifiedLimitsTest, HoldOverRandomUse) {
  const UnifiedLimits limits = GetParam().limits;
  gpu::GpuConfig config;
  config.block_size = kMiB;
  config.ring_page = 64 * kKiB;
  config.ring_size = 256 * kKiB;
  Rig rig(&limits, gpu::HostBackendConfig::discrete(), config);
  std::minstd_rand random(GetParam().seed);
  SCOPED_TRACE(GetParam().seed);
  std::deque<UnifiedBuffer> held;
  std::uint64_t granted = 0, denied = 0;
  const auto expect_limits = [&] {
    const std::size_t on_cpu = rig.budget->cpu_usage(), on_gpu = rig.budget->gpu_usage();
    if (limits.cpu != 0) {
      ASSERT_LE(on_cpu, limits.cpu);
    }
    if (limits.gpu != 0) {
      ASSERT_LE(on_gpu, limits.gpu);
    }
    if (limits.combined != 0) {
      ASSERT_LE(on_cpu + on_gpu, limits.combined);
    }
    std::size_t device = 0;
    for (unsigned heap = 0; heap < 3; ++heap) device += rig.device.heap_bytes(heap);
    ASSERT_EQ(on_gpu, device) << "what the device holds is what is counted";
    ASSERT_EQ(on_cpu, rig.cpu->stats().reserved);
  };
  for (int round = 0; round < 3000; ++round) {
    if (round % 40 == 0) {
      if (round != 0) rig.finish();
      rig.begin();
    }
    const std::size_t size = 1 + random() % (random() % 8 == 0 ? 600 * kKiB : 20 * kKiB);
    const auto take = [&](Result<UnifiedBuffer> made) {
      made ? ++granted : ++denied;
      if (made) return held.push_back(*std::move(made));
      const Code code = made.error().code;
      EXPECT_TRUE(code == Code::FA417 || code == Code::FA012) << code_info(code).id;
    };
    switch (random() % 6) {
      case 0:
        take(rig.unified->create_cpu_buffer(size));
        break;
      case 1:
        take(rig.unified->create_gpu_buffer(
            size, gpu::BufferUsage::VertexBuffer | gpu::BufferUsage::TransferDst));
        break;
      case 2: {
        Result<UnifiedBuffer> made = rig.unified->create_staging_buffer(size);
        if (!made) {
          ++denied;
        } else if (rig.unified->transfer_to_gpu(*made)) {
          take(std::move(made));
        }
        break;
      }
      case 3: {
        const std::vector<std::byte> bytes(size);
        take(rig.unified->upload(std::span(bytes)));
        break;
      }
      default:
        if (!held.empty())
          held.erase(held.begin() + static_cast<std::ptrdiff_t>(random() % held.size()));
    }
    ASSERT_NO_FATAL_FAILURE(expect_limits());
  }
  rig.finish();
  EXPECT_GT(granted, 300U);
  EXPECT_GT(denied, 0U) << "the limits never mattered";
  EXPECT_GT(rig.budget->denials(), 0U);
  held.clear();
  EXPECT_EQ(rig.unified->get_usage().cpu, 0U);
  EXPECT_EQ(rig.unified->get_usage().gpu, 0U);
  if (limits.combined != 0) {
    EXPECT_LE(rig.budget->peak_combined_usage(), limits.combined);
  }
  for (unsigned heap = 0; heap < 3; ++heap) {
    if (limits.gpu != 0) {
      EXPECT_LE(rig.device.heap_peak_bytes(heap), limits.gpu);
    }
  }
  rig.book.take_all();  // denials
}

INSTANTIATE_TEST_SUITE_P(Seeds, UnifiedLimitsTest,
                         ::testing::Values(LimitCase{{6 * kMiB, 0, 0}, 1},
                                           LimitCase{{0, 5 * kMiB, 0}, 2},
                                           LimitCase{{0, 0, 12 * kMiB}, 3},
                                           LimitCase{{8 * kMiB, 6 * kMiB, 12 * kMiB}, 4}));

TEST(UnifiedLife, BuffersOutliveTheUnifiedAllocator) {
  Rig rig;
  rig.begin();
  auto on_cpu = *rig.unified->create_cpu_buffer(64);
  on_cpu.cpu_slice_mut()[5] = std::byte{5};
  const std::array<std::byte, 32> bytes{std::byte{9}};
  auto on_gpu = *rig.unified->upload(std::span(bytes));
  auto dropped = *rig.unified->create_cpu_buffer(64);
  rig.finish();
  ASSERT_TRUE(rig.unified->transfer_to_gpu(dropped));
  rig.unified.reset();
  EXPECT_EQ(on_cpu.cpu_slice()[5], std::byte{5});
  EXPECT_EQ(rig.device.device_bytes(*on_gpu.gpu_buffer())[0], std::byte{9});
  EXPECT_EQ(dropped.location(), BufferLocation::CpuOnly) << "it was never submitted";
  EXPECT_EQ(dropped.last_transfer(), gpu::Ticket());
  const UnifiedBuffer moved = std::move(on_gpu);
  EXPECT_TRUE(moved);
  EXPECT_TRUE(moved.gpu_buffer() != nullptr);
}

TEST(UnifiedLife, ABufferOutlivesEveryAllocator) {
  ReportBook book;
  UnifiedBuffer buffer;
  {
    gpu::HostBackend device;
    AllocConfig config;
    config.on_report = &ReportBook::take;
    config.report_context = &book;
    SmartAlloc cpu(config);
    auto gpu = *gpu::GpuAllocator::create(cpu, device);
    UnifiedAllocator unified(cpu, gpu);
    ASSERT_TRUE(unified.begin_frame());
    buffer = *unified.create_cpu_buffer(64);
    buffer.cpu_slice_mut()[1] = std::byte{7};
    ASSERT_TRUE(unified.transfer_to_gpu(buffer));
    ASSERT_TRUE(unified.end_frame());
    EXPECT_NE(buffer.gpu_buffer(), nullptr);
  }
  EXPECT_EQ(buffer.cpu_slice()[1], std::byte{7}) << "the CPU's side keeps its allocator alive";
  EXPECT_EQ(buffer.gpu_buffer(), nullptr);
  buffer = UnifiedBuffer();
  book.expect({Code::FA007});  // that the GPU's allocator ended while it was held
}

TEST(UnifiedLife, ThreadsOverFramesLeaveNothing) {
  const UnifiedLimits limits{0, 0, 256 * kMiB};
  Rig rig(&limits);
  for (int frame = 0; frame < 20; ++frame) {
    rig.begin();
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&rig, thread] {
        for (unsigned i = 0; i < 10; ++i) {
          auto staging = rig.unified->create_staging_buffer(200 + 10 * i);
          ASSERT_TRUE(staging);
          for (std::byte& each : staging->cpu_slice_mut()) each = static_cast<std::byte>(thread);
          ASSERT_TRUE(rig.unified->transfer_to_gpu(*staging));
          ASSERT_TRUE(rig.unified->create_cpu_buffer(100));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    rig.finish();
  }
  EXPECT_EQ(rig.unified->get_usage().cpu, 0U);
  EXPECT_EQ(rig.unified->get_usage().gpu, 0U);
}

}  // namespace
}  // namespace framealloc::coordinator::testing
