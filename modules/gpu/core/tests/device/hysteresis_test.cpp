// SPDX-License-Identifier: MIT OR Apache-2.0
// Steady frames ask the device for nothing; spikes go back.
#include "gpu_rig.hpp"

#include <framealloc/gpu/frame_ring.hpp>

#include <random>

namespace framealloc::gpu::testing {
namespace {

TEST(GpuHysteresis, SteadyFramesAskTheDeviceForNothing) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  std::vector<GpuBuffer> stream;
  const auto frame = [&](int index) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    for (int i = 0; i < 20; ++i)
      stream.push_back(rig.buffer(100 * kKiB + static_cast<std::size_t>(i) * 7000,
                                  i % 2 == 0 ? Intent::DeviceOnly : Intent::Staging));
    if (index % 3 == 2) stream.clear();
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
  };
  for (int i = 0; i < 20; ++i) frame(i);
  const GpuAllocStats before = rig.gpu->stats();
  for (int i = 0; i < 300; ++i) frame(i + 20);
  const GpuAllocStats after = rig.gpu->stats();
  EXPECT_EQ(after.device_allocations, before.device_allocations);
  EXPECT_EQ(after.device_frees, before.device_frees);
  EXPECT_EQ(after.device_allocations, rig.device.counters().memory_allocations);
  stream.clear();
}

TEST(GpuHysteresis, SpikesGoBackAfterAWhile) {
  GpuConfig config;
  config.empty_block_frames = 10;
  Rig rig(HostBackendConfig::discrete(), config);
  {
    std::vector<GpuBuffer> spike;
    for (int i = 0; i < 100; ++i) spike.push_back(rig.buffer(kMiB));
  }
  rig.frames(3);
  const std::size_t high = rig.gpu->stats().total_bytes;
  EXPECT_GE(high, 100 * kMiB);
  rig.frames(6);
  EXPECT_EQ(rig.gpu->stats().total_bytes, high);  // it may come again
  rig.frames(10);
  EXPECT_EQ(rig.gpu->stats().total_bytes, 16 * kMiB);  // one is kept
  EXPECT_EQ(rig.gpu->stats().block_count, 1U);
  EXPECT_EQ(rig.gpu->trim(), 16 * kMiB);
  EXPECT_EQ(rig.gpu->stats().total_bytes, 0U);
  rig.expect_sums();
}

// However long they are empty, and however little is used beside them.
TEST(GpuHysteresis, EmptyBlocksAreKeptByTheirNumber) {
  for (const unsigned keep : {0U, 1U, 2U}) {
    SCOPED_TRACE(keep);
    GpuConfig config;
    config.keep_empty_blocks = keep;
    config.empty_block_frames = 10;
    Rig rig(HostBackendConfig::discrete(), config);
    const GpuBuffer small = rig.buffer(1000);
    {
      std::vector<GpuBuffer> spike;
      for (int i = 0; i < 80; ++i) spike.push_back(rig.buffer(kMiB));
    }
    rig.frames(500);
    EXPECT_EQ(rig.gpu->stats().total_bytes, (1 + keep) * 16 * kMiB);
    EXPECT_EQ(rig.gpu->stats().block_count, 1 + keep);
    rig.expect_sums();
  }
}

// Of rings it is the number for the memory type too, whatever usages and lifetimes there were.
TEST(GpuHysteresis, EmptyBlocksOfRingsAreKeptByTheirNumber) {
  for (const unsigned keep : {0U, 1U, 2U}) {
    SCOPED_TRACE(keep);
    GpuConfig config;
    config.keep_empty_blocks = keep;
    config.empty_block_frames = 10;
    config.ring_size = kMiB;
    config.ring_page = 64 * kKiB;
    config.block_size = kMiB;
    Rig rig(HostBackendConfig::discrete(), config);
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    for (int i = 0; i < 80; ++i) ASSERT_TRUE(rig.gpu->staging().alloc(60 * kKiB));
    for (unsigned frames = 1; frames < 5; ++frames) {
      const Result<GpuBuffer> used = rig.gpu->frame_alloc(
          GpuAllocRequirements(1000, Intent::HostCached, GpuLifetime::MultiFrame(frames)));
      ASSERT_TRUE(used);
    }
    EXPECT_EQ(rig.gpu->stats().block_count, 5U + 4U);
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
    rig.frames(200);
    // Two memory types: coherent for staging, cached for the others.
    EXPECT_EQ(rig.gpu->stats().block_count, 2 * keep);
    rig.expect_sums();
  }
}

TEST(GpuHysteresis, ThePeakKnowsFramesThatNobodyLookedAt) {
  Rig rig;
  const GpuBuffer held = rig.buffer(1000);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  ASSERT_TRUE(rig.gpu->staging().alloc(5000));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.gpu->stats().peak_usage, 6000U);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  {
    const Result<GpuBuffer> made = rig.gpu->frame_alloc({7000, Intent::HostVisible});
    ASSERT_TRUE(made);
  }
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.gpu->stats().peak_usage, 8000U);
  // What is denied was never handed out.
  rig.gpu->set_heap_limit(0, 1);
  rig.gpu->set_heap_limit(2, 1);
  EXPECT_FALSE(rig.gpu->allocate({100 * kMiB, Intent::DeviceOnly}));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  EXPECT_EQ(rig.gpu->stats().peak_usage, 8000U);
}

TEST(GpuHysteresis, AnEmptyBlockMakesRoomForAnotherType) {
  Rig rig;
  rig.gpu->set_heap_limit(1, 32 * kMiB);
  {
    const GpuBuffer staging = rig.buffer(kMiB, Intent::Staging);
  }
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->heap_budget(1).reserved, 32 * kMiB);
  const GpuBuffer cached = rig.buffer(20 * kMiB, Intent::HostCached);
  EXPECT_LE(rig.device.heap_peak_bytes(1), 32 * kMiB);
}

TEST(GpuHysteresis, ASmallerBlockIsTakenWhereABudgetIsTight) {
  Rig rig;
  rig.gpu->set_heap_limit(0, 5 * kMiB);
  const GpuBuffer a = rig.buffer(kMiB);
  EXPECT_EQ(rig.gpu->heap_budget(0).reserved, 4 * kMiB);  // of a block of 16
  const GpuBuffer b = rig.buffer(3 * kMiB);
  const GpuBuffer c = rig.buffer(kMiB);  // of its own size
  EXPECT_EQ(rig.gpu->heap_budget(0).reserved, 5 * kMiB);
  EXPECT_EQ(rig.gpu->heap_budget(0).used, 5 * kMiB);
  EXPECT_EQ(rig.gpu->stats().free_bytes, 0U);
}

// What a budget has left below an eighth of a block is handed out in blocks, too, and not in memory of
// each buffer's own.
TEST(GpuHysteresis, ABudgetFarBelowABlockIsUsedInBlocks) {
  constexpr std::size_t kSize = 256;
  for (const std::size_t limit : {kKiB, 50 * kKiB, kMiB, 2 * kMiB + 100 * kKiB}) {
    SCOPED_TRACE(limit);
    Rig rig;
    rig.gpu->set_heap_limit(0, limit);
    rig.gpu->set_heap_limit(2, 1);
    std::vector<GpuBuffer> held;
    for (;;) {
      auto made = rig.gpu->allocate({kSize, GpuMemoryIntent::DeviceOnly});
      if (!made) break;
      held.push_back(*std::move(made));
    }
    EXPECT_EQ(held.size(), limit / kSize);
    EXPECT_LE(rig.gpu->stats().device_allocations, 24U);
    EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
    rig.expect_sums();
  }
}

TEST(GpuHysteresis, FragmentationIsANumber) {
  Rig rig;
  std::vector<GpuBuffer> held;
  for (int i = 0; i < 16; ++i) held.push_back(rig.buffer(kMiB));
  EXPECT_EQ(rig.gpu->stats().fragmentation, 0.0);
  for (std::size_t i = 0; i < 16; i += 2) held[i] = GpuBuffer();
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().free_bytes, 8 * kMiB);
  EXPECT_NEAR(rig.gpu->stats().fragmentation, 1.0 - 1.0 / 8.0, 1e-9);
  EXPECT_EQ(rig.gpu->stats().peak_usage, 16 * kMiB);
  EXPECT_EQ(rig.gpu->stats().peak_total, 16 * kMiB);
}

}  // namespace
}  // namespace framealloc::gpu::testing
