// SPDX-License-Identifier: MIT OR Apache-2.0
// What is denied: which heap is named and counted where several are asked, and by which code.
#include "gpu_rig.hpp"

#include <framealloc/gpu/frame_ring.hpp>

namespace framealloc::gpu::testing {
namespace {

TEST(GpuDenials, AHeapThatIsTooSmallDoesNotSpeakForTheOneThatDenied) {
  Rig rig;  // heap 2 is local too, and has 16 MiB in all
  rig.gpu->set_heap_limit(0, 32 * kMiB);
  const auto made = rig.gpu->allocate({64 * kMiB, Intent::DeviceOnly});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, GpuAllocError::BudgetExceeded);
  const std::vector<Told> told = rig.book.take_all();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].message.find("the budget of heap 0"), std::string::npos) << told[0].message;
  EXPECT_EQ(rig.gpu->heap_budget(0).denials, 1U);
  EXPECT_EQ(rig.gpu->heap_budget(2).denials, 0U);

  rig.device.fail_memory_at(1, true);
  const auto failed = rig.gpu->allocate({20 * kMiB, Intent::DeviceOnly});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, GpuAllocError::OutOfMemory);
  ASSERT_EQ(rig.book.take_all().size(), 1U);
  rig.device.fail_memory_at(0);
}

TEST(GpuDenials, WhatIsLargerThanEveryHeapOfTheIntentIsNoSize) {
  Rig rig;
  // Heap 1 is larger, and not for the GPU alone.
  const auto made = rig.gpu->allocate({257 * kMiB, Intent::DeviceOnly});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, GpuAllocError::InvalidSize);
  for (unsigned heap = 0; heap < 3; ++heap) EXPECT_EQ(rig.gpu->heap_budget(heap).denials, 0U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA011});
}

TEST(GpuDenials, NothingIsEvictedFromAHeapThatIsTooSmall) {
  Rig rig;
  rig.gpu->set_heap_limit(0, 1);
  GpuBuffer victim =
      *rig.gpu->allocate(GpuAllocRequirements(kMiB, Intent::DeviceOnly).with_evictable());
  ASSERT_EQ(rig.gpu->heap_budget(2).used, kMiB);
  int asked = 0;
  rig.gpu->on_evict(
      [](const GpuEviction&, void* context) {
        ++*static_cast<int*>(context);
        return false;
      },
      &asked);
  EXPECT_FALSE(rig.gpu->allocate({20 * kMiB, Intent::DeviceOnly}));
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
}

TEST(GpuDenials, AHeapCountsWhatWentToAnotherInstead) {
  Rig rig;
  rig.gpu->set_heap_limit(2, 1);
  const GpuBuffer uniforms = rig.buffer(kKiB, Intent::HostVisible);
  EXPECT_EQ(rig.gpu->heap_budget(1).used, kKiB);
  EXPECT_EQ(rig.gpu->heap_budget(2).denials, 1U);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_TRUE(rig.gpu->frame_ring(Intent::HostVisible).alloc(kKiB));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.gpu->heap_budget(2).denials, 2U);
  EXPECT_EQ(rig.gpu->heap_budget(1).denials, 0U);
}

// Three types of heap 1 serve HostCached.
TEST(GpuDenials, ARequestIsOneDenialOfAHeapHoweverManyTypesItHas) {
  Rig rig;
  rig.gpu->set_heap_limit(1, 1);
  rig.gpu->set_heap_limit(2, 1);
  EXPECT_FALSE(rig.gpu->allocate({kKiB, Intent::HostCached}));
  EXPECT_EQ(rig.gpu->heap_budget(1).denials, 1U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
}

TEST(GpuDenials, MemoryOfItsOwnGoesByWhatWasAskedFor) {
  GpuConfig config;
  config.block_size = kMiB;
  config.dedicated_from = 4096;
  Rig rig(HostBackendConfig::discrete(), config);
  const GpuBuffer below = rig.buffer(4095);  // the device makes 4096 of it
  EXPECT_EQ(rig.gpu->stats().dedicated_bytes, 0U);
  const GpuBuffer from = rig.buffer(4096);
  EXPECT_EQ(rig.gpu->stats().dedicated_bytes, 4096U);
}

// Also where nothing was submitted that a frame would have to wait for.
TEST(GpuDenials, ALostDeviceBeginsNoFrame) {
  Rig rig;
  rig.frames(3);
  rig.device.lose_device();
  EXPECT_EQ(rig.gpu->begin_gpu_frame().error().code, Code::FA419);
  EXPECT_EQ(rig.gpu->current_frame(), 3U);
  EXPECT_EQ(rig.gpu->end_gpu_frame().error().code, Code::FA004);
  EXPECT_EQ(rig.book.codes(), (std::vector<Code>{Code::FA004, Code::FA419}));
}

TEST(GpuDenials, AHostWithoutMemoryIsNoConfiguration) {
  NullSource none;
  ReportBook book;
  const SmartAlloc host(reporting_to(book, &none));
  HostBackend device;
  const Result<GpuAllocator> made = GpuAllocator::create(host, device);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::FA012);
}

}  // namespace
}  // namespace framealloc::gpu::testing
