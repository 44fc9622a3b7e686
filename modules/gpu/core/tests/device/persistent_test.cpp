// SPDX-License-Identifier: MIT OR Apache-2.0
// Persistent buffers: blocks, memory of their own, what is let go.
#include "gpu_rig.hpp"

#include <cstring>
#include <thread>
#include <utility>

namespace framealloc::gpu::testing {
namespace {

TEST(GpuPersistent, BuffersShareABlockAndEachHasAHandleOfItsOwn) {
  Rig rig;
  const GpuBuffer a = rig.buffer(64 * kKiB);
  const GpuBuffer b = rig.buffer(100);
  EXPECT_TRUE(a);
  EXPECT_EQ(a.size(), 64 * kKiB);
  EXPECT_EQ(b.size(), 100U);
  EXPECT_EQ(a.offset(), 0U);
  EXPECT_EQ(b.offset(), 0U);
  EXPECT_NE(a.raw_handle(), b.raw_handle());
  EXPECT_EQ(a.usage(), implied_usage(Intent::DeviceOnly));
  EXPECT_EQ(a.lifetime(), GpuLifetime::Persistent);
  const GpuAllocStats stats = rig.gpu->stats();
  EXPECT_EQ(stats.device_allocations, 1U);
  EXPECT_EQ(stats.block_count, 1U);
  EXPECT_EQ(stats.allocation_count, 2U);
  EXPECT_EQ(stats.persistent_bytes, 64 * kKiB + 100);
  EXPECT_EQ(stats.total_bytes, 16 * kMiB);  // of 256 MiB: a sixteenth
  rig.expect_sums();
}

TEST(GpuPersistent, WhatIsLetGoIsRetiredUntilTheGpuIsDone) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  GpuBuffer buffer = rig.buffer(kMiB);
  rig.gpu->deallocate(std::move(buffer));
  EXPECT_EQ(rig.gpu->stats().retired_bytes, kMiB);
  EXPECT_EQ(rig.gpu->stats().allocated_bytes, 0U);
  rig.expect_sums();
  ASSERT_TRUE(rig.gpu->end_gpu_frame());

  ASSERT_TRUE(rig.gpu->begin_gpu_frame());  // two frames may be in flight: this one does not wait
  EXPECT_EQ(rig.gpu->stats().retired_bytes, kMiB);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());

  ASSERT_TRUE(rig.gpu->begin_gpu_frame());  // waits for the first
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  rig.expect_sums();
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  ASSERT_TRUE(rig.gpu->wait_idle());
}

TEST(GpuPersistent, WithoutFramesWaitIdleTakesBack) {
  Rig rig;
  {
    const GpuBuffer buffer = rig.buffer(kMiB);
  }
  EXPECT_EQ(rig.gpu->stats().retired_bytes, kMiB);
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  EXPECT_EQ(rig.gpu->stats().padding_bytes, 0U);
  rig.expect_sums();
}

TEST(GpuPersistent, LargeOnesAndThoseThatAskHaveMemoryOfTheirOwn) {
  Rig rig;
  const GpuBuffer large = rig.buffer(8 * kMiB);
  EXPECT_EQ(rig.gpu->stats().dedicated_bytes, 8 * kMiB);
  auto small = rig.gpu->allocate(GpuAllocRequirements(1000, Intent::DeviceOnly).with_dedicated());
  ASSERT_TRUE(small);
  EXPECT_EQ(rig.gpu->stats().block_count, 0U);
  EXPECT_GE(rig.gpu->stats().dedicated_bytes, 8 * kMiB + 1000);
  rig.expect_sums();
}

TEST(GpuPersistent, ABufferMayOutliveItsAllocator) {
  ReportBook book;
  HostBackend device;
  GpuBuffer buffer;
  {
    SmartAlloc host(reporting_to(book));
    Result<GpuAllocator> gpu = GpuAllocator::create(host, device);
    ASSERT_TRUE(gpu);
    buffer = *gpu->allocate(GpuAllocRequirements(4096, Intent::HostVisible).with_name("late"));
    ASSERT_FALSE(buffer.map().empty());
  }
  const std::vector<Told> told = book.take_all();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].code, Code::FA007);
  EXPECT_NE(told[0].message.find("'late'"), std::string::npos);
  EXPECT_EQ(told[0].requested, 4096U);
  EXPECT_NE(told[0].line, 0U);
  EXPECT_EQ(device.counters().live_allocations, 0U);

  EXPECT_FALSE(buffer);
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(buffer.raw_handle(), 0U);
  EXPECT_TRUE(buffer.map().empty());
  buffer.unmap();
  buffer.touch();
  EXPECT_FALSE(buffer.flush());
  std::thread([late = std::move(buffer)]() mutable { late = GpuBuffer(); }).join();
  EXPECT_EQ(device.counters().violations, 0U) << device.last_violation();
  EXPECT_TRUE(book.take_all().empty());
}

TEST(GpuPersistent, MoveAndSwapKeepOneHolder) {
  Rig rig;
  GpuBuffer a = rig.buffer(256);
  const std::uint64_t handle = a.raw_handle();
  GpuBuffer b = std::move(a);
  EXPECT_EQ(b.raw_handle(), handle);
  GpuBuffer c = rig.buffer(512);
  c.swap(b);
  EXPECT_EQ(c.raw_handle(), handle);
  b = std::move(c);
  EXPECT_EQ(b.size(), 256U);
  EXPECT_EQ(rig.gpu->stats().allocation_count, 1U);
}

TEST(GpuPersistent, RefusesWhatMakesNoSense) {
  Rig rig;
  auto zero = rig.gpu->allocate({0, Intent::DeviceOnly});
  ASSERT_FALSE(zero);
  EXPECT_EQ(zero.error().code, GpuAllocError::InvalidSize);
  EXPECT_FALSE(rig.gpu->allocate(GpuAllocRequirements(16, Intent::DeviceOnly).with_alignment(3)));
  EXPECT_FALSE(
      rig.gpu->allocate(GpuAllocRequirements(16, Intent::DeviceOnly).with_alignment(64 * kMiB)));
  EXPECT_FALSE(rig.gpu->allocate({kMiB << 20, Intent::DeviceOnly}));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(4, Code::FA011));
  EXPECT_EQ(rig.gpu->stats().failed_allocations, 4U);
  EXPECT_EQ(rig.gpu->stats().total_bytes, 0U);
  EXPECT_EQ(rig.device.counters().memory_allocations, 0U);
}

TEST(GpuPersistent, RefusesAConfigurationAndNamesTheField) {
  ReportBook book;
  SmartAlloc host(reporting_to(book));
  HostBackend device;
  for (const auto& [config, field] : std::initializer_list<std::pair<GpuConfig, const char*>>{
           {{.frames_in_flight = 0}, "frames_in_flight"},
           {{.frames_in_flight = 9}, "frames_in_flight"},
           {{.block_size = 0}, "block_size"},
           {{.ring_page = 0}, "ring_page"},
           {{.ring_page = 1 << 20, .ring_size = 1 << 10}, "ring_size"}}) {
    const Result<GpuAllocator> gpu = GpuAllocator::create(host, device, config);
    ASSERT_FALSE(gpu) << field;
    EXPECT_EQ(gpu.error().code, Code::FA010);
    EXPECT_NE(gpu.error().message.view().find(field), std::string_view::npos);
  }
  EXPECT_EQ(book.codes(), std::vector<Code>(5, Code::FA010));
}

TEST(GpuPersistent, NothingBookkeepsBehindAFailure) {
  // Every n-th request for bookkeeping fails, once and forever.
  for (const bool sticky : {false, true}) {
    for (std::uint64_t n = 1; n < 40; ++n) {
      ReportBook book;
      HostBackend device;
      FailingSource source(system_source(), n, sticky);
      {
        SmartAlloc host(reporting_to(book, &source));
        if (!host) continue;
        Result<GpuAllocator> gpu = GpuAllocator::create(host, device);
        if (!gpu) {
          EXPECT_EQ(gpu.error().code, Code::FA012) << gpu.error().message.view();
          continue;
        }
        for (int i = 0; i < 200; ++i) {
          std::vector<GpuBuffer> held;
          const auto scope = host.tag_scope("tag" + std::to_string(i % 7));
          auto made = gpu->allocate({1000, Intent::DeviceOnly});
          if (!made) {
            EXPECT_EQ(made.error().code, Code::FA012) << made.error().message.view();
          }
        }
        ASSERT_TRUE(gpu->wait_idle());
        EXPECT_EQ(gpu->stats().allocated_bytes, 0U);
        EXPECT_EQ(gpu->stats().retired_bytes, 0U);
      }
      EXPECT_EQ(device.counters().live_allocations, 0U) << n;
      EXPECT_EQ(device.counters().violations, 0U) << device.last_violation();
    }
  }
}

}  // namespace
}  // namespace framealloc::gpu::testing
