// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads take back themselves what they have let go, and nobody sees a difference: what is over counts
// as free when the frame has begun, and is there for who needs it.
#include "gpu_rig.hpp"

#include <framealloc/gpu/transfer_batch.hpp>

#include <atomic>
#include <thread>

namespace framealloc::gpu::testing {
namespace {

// Each thread has let go `count` buffers of `size` in a frame, which is over and complete; another one
// has begun, and left them to their threads.
struct Left : Rig {
  explicit Left(std::size_t count, std::size_t size, const GpuConfig& config = {})
      : Rig(HostBackendConfig::discrete(), config) {
    EXPECT_TRUE(gpu->begin_gpu_frame());
    const auto work = [&] {
      std::vector<GpuBuffer> held;
      for (std::size_t i = 0; i < count; ++i) held.push_back(buffer(size));
    };
    work();
    on_a_thread(work);
    EXPECT_EQ(gpu->stats().retired_bytes, 2 * count * size);
    EXPECT_TRUE(gpu->end_gpu_frame());
    EXPECT_TRUE(gpu->begin_gpu_frame());
  }
};

TEST(GpuRetiring, WhatIsOverCountsAsFreeWhenAFrameHasBegun) {
  Left rig(100, kKiB);
  rig.expect_sums();
  GpuAllocStats stats = rig.gpu->stats();
  EXPECT_EQ(stats.retired_bytes, 0U);
  EXPECT_EQ(stats.padding_bytes, 0U);
  EXPECT_EQ(stats.free_bytes, stats.total_bytes);
  // Its thread takes it back bit by bit, and the next frame all that nobody has taken.
  on_a_thread([&] {
    for (std::size_t i = 0; i < 3; ++i) {
      const GpuBuffer taken = rig.buffer(kKiB);
      rig.expect_sums();
      EXPECT_EQ(rig.gpu->stats().padding_bytes, 0U);
      EXPECT_EQ(rig.gpu->stats().retired_bytes, i * kKiB);
    }
  });
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  rig.frame();
  rig.expect_sums();
  stats = rig.gpu->stats();
  EXPECT_EQ(stats.retired_bytes, 0U);
  EXPECT_EQ(stats.free_bytes, stats.total_bytes);
}

TEST(GpuRetiring, ADumpShowsAsFreeWhatCountsAsFree) {
  const Left rig(100, 1000);
  const std::string dump = rig.gpu->to_json();
  EXPECT_EQ(dump.find("\"state\": \"retired\""), std::string::npos);
  EXPECT_EQ(dump.find("\"state\":\"retired\""), std::string::npos);
}

TEST(GpuRetiring, ATrimGivesBackWhatThreadsHaveNotTakenBack) {
  Left rig(100, 1000);
  EXPECT_EQ(rig.gpu->trim(), kBlock);
  EXPECT_EQ(rig.device.heap_bytes(0), 0U);
  rig.expect_sums();
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(GpuRetiring, NothingIsDeniedForWhatThreadsHaveNotTakenBack) {
  Left rig(64, 100 * kKiB);  // of two threads: 12.8 MiB of a block of 16
  rig.gpu->set_heap_limit(0, kBlock);
  const GpuBuffer large = rig.buffer(7 * kMiB);
  on_a_thread([&] {
    const GpuBuffer more = rig.buffer(7 * kMiB);
    EXPECT_EQ(rig.gpu->stats().total_bytes, kBlock);
  });
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(GpuRetiring, NoBlockIsMadeForWhatThreadsHaveNotTakenBack) {
  Left rig(64, 100 * kKiB);
  const GpuBuffer large = rig.buffer(7 * kMiB);
  const GpuBuffer other = rig.buffer(7 * kMiB);
  EXPECT_EQ(rig.gpu->stats().total_bytes, kBlock);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(GpuRetiring, WhatTheDeviceStillUsesIsNobodysToTake) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  for (unsigned frame = 0; frame < 6; ++frame) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    const auto work = [&] {
      for (int i = 0; i < 40; ++i) {
        GpuBuffer buffer = rig.buffer(1000);
        if (i % 4 == 0)  // in use by the frame: reuse before its end is a violation
          rig.device.dispatch(
              buffer, [](std::span<std::byte> bytes, void*) { bytes[0] = std::byte{1}; }, nullptr);
      }
    };
    work();
    on_a_thread(work);
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
    EXPECT_EQ(rig.gpu->stats().retired_bytes, std::min(frame + 1U, 2U) * 80 * 1000);
  }
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  EXPECT_EQ(rig.gpu->stats().free_bytes, rig.gpu->stats().total_bytes);
}

TEST(GpuRetiring, ABatchKeepsWhatItUsesLongerThanItsFrame) {
  Rig rig;
  TransferBatch batch = rig.gpu->begin_transfer();
  GpuBuffer target = rig.buffer(1000);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const auto work = [&] {
    const GpuBuffer source = rig.buffer(1000);
    const GpuBuffer other = rig.buffer(500);
    ASSERT_TRUE(batch.copy(source, target));
  };
  work();
  on_a_thread(work);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  rig.frames(3);
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 2000U) << "the two that the batch copies from";
  ASSERT_TRUE(batch.submit());
  rig.frame();
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
}

// Frames end, and threads allocate, let go, look and trim meanwhile.
TEST(GpuRetiring, AStormLeavesNothing) {
  Rig rig;
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (unsigned index = 0; index < 3; ++index)
    threads.emplace_back([&, index] {
      std::vector<GpuBuffer> held;
      for (int round = 0; round < 60; ++round) {
        for (std::size_t i = 0; i < 50; ++i) held.push_back(rig.buffer(100 + i * 50 * (index + 1)));
        if (round % 8 == 0) static_cast<void>(rig.gpu->trim());
        const GpuAllocStats stats = rig.gpu->stats();
        EXPECT_EQ(stats.total_bytes, stats.allocated_bytes + stats.padding_bytes +
                                         stats.retired_bytes + stats.free_bytes);
        held.clear();
      }
      over.store(true);
    });
  while (!over.load()) rig.frame();
  for (std::thread& thread : threads) thread.join();
  rig.frames(2);
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  rig.expect_sums();
  rig.gpu->trim();
  EXPECT_EQ(rig.device.heap_bytes(0), 0U);
}

}  // namespace
}  // namespace framealloc::gpu::testing
