// SPDX-License-Identifier: MIT OR Apache-2.0
// Which memory an intent gets, on devices of every kind.
#include "gpu_rig.hpp"

namespace framealloc::gpu::testing {
namespace {

// Result: the heap that a buffer of the intent takes memory of; ~0: none.
unsigned heap_for(Rig& rig, Intent intent) {
  std::vector<std::size_t> before;
  for (unsigned heap = 0; heap < rig.gpu->heap_count(); ++heap)
    before.push_back(rig.device.heap_bytes(heap));
  auto made = rig.gpu->allocate(GpuAllocRequirements(4096, intent).with_dedicated());
  if (!made) return ~0U;
  for (unsigned heap = 0; heap < rig.gpu->heap_count(); ++heap)
    if (rig.device.heap_bytes(heap) != before[heap]) return heap;
  return ~0U;
}

TEST(GpuTypeOrder, OnADiscreteDevice) {
  Rig rig;
  EXPECT_EQ(heap_for(rig, Intent::DeviceOnly), 0U);
  EXPECT_EQ(heap_for(rig, Intent::HostVisible), 2U);
  EXPECT_EQ(heap_for(rig, Intent::HostCached), 1U);
  EXPECT_EQ(heap_for(rig, Intent::Staging), 1U);
  EXPECT_EQ(heap_for(rig, Intent::Readback), 1U);
  for (unsigned intent = 0; intent < kGpuMemoryIntents; ++intent) {
    EXPECT_TRUE(rig.gpu->supports_intent(static_cast<Intent>(intent)));
    EXPECT_EQ(rig.gpu->supports_mapping(static_cast<Intent>(intent)), intent != 0);
  }
}

TEST(GpuTypeOrder, AnIntegratedDeviceHasOneHeapForAll) {
  Rig rig(HostBackendConfig::integrated());
  for (unsigned intent = 0; intent < kGpuMemoryIntents; ++intent) {
    EXPECT_EQ(heap_for(rig, static_cast<Intent>(intent)), 0U);
    EXPECT_TRUE(rig.gpu->supports_intent(static_cast<Intent>(intent)));
  }
}

TEST(GpuTypeOrder, AMobileDeviceCachesWithoutCoherence) {
  Rig rig(HostBackendConfig::mobile());
  for (const Intent intent : {Intent::HostCached, Intent::Readback}) {
    GpuBuffer buffer = rig.buffer(1000, intent);
    ASSERT_FALSE(buffer.map(MapMode::ReadWrite).empty());
    EXPECT_GE(rig.device.counters().invalidates, 1U);
    buffer.unmap();
    EXPECT_GE(rig.device.counters().flushes, 1U);
  }
  const std::uint64_t flushes = rig.device.counters().flushes;
  for (const Intent intent : {Intent::HostVisible, Intent::Staging}) {
    GpuBuffer buffer = rig.buffer(1000, intent);
    ASSERT_FALSE(buffer.map().empty());
    buffer.unmap();
  }
  EXPECT_EQ(rig.device.counters().flushes, flushes);
}

TEST(GpuTypeOrder, ADeviceWithLimitedSupportSaysSo) {
  Rig rig(HostBackendConfig::with_limited_support());
  EXPECT_TRUE(rig.gpu->supports_intent(Intent::DeviceOnly));
  EXPECT_TRUE(rig.gpu->supports_intent(Intent::Staging));
  EXPECT_TRUE(rig.gpu->supports_mapping(Intent::Staging));
  for (const Intent intent : {Intent::HostVisible, Intent::HostCached, Intent::Readback}) {
    EXPECT_FALSE(rig.gpu->supports_intent(intent));
    EXPECT_FALSE(rig.gpu->supports_mapping(intent));
    auto made = rig.gpu->allocate({4096, intent});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, GpuAllocError::UnsupportedUsage);
  }
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(3, Code::FA418));
}

TEST(GpuTypeOrder, HostVisibleFallsThroughWhenTheWindowIsFull) {
  Rig rig;
  std::vector<GpuBuffer> held;
  for (int i = 0; i < 40; ++i) held.push_back(rig.buffer(kMiB / 2, Intent::HostVisible));
  EXPECT_LE(rig.device.heap_peak_bytes(2), 16 * kMiB);
  EXPECT_GT(rig.device.heap_bytes(1), 0U);
  EXPECT_EQ(rig.gpu->stats().failed_allocations, 0U);
  rig.expect_sums();
}

TEST(GpuTypeOrder, StagingNeverTakesTheWindow) {
  Rig rig;
  rig.gpu->set_heap_limit(1, 4 * kMiB);
  std::vector<GpuBuffer> held;
  for (int i = 0; i < 40; ++i) {
    auto made = rig.gpu->allocate({kMiB / 2, Intent::Staging});
    if (made) held.push_back(*std::move(made));
  }
  EXPECT_EQ(held.size(), 8U);
  EXPECT_EQ(rig.device.heap_bytes(2), 0U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(32, Code::FA417));
}

TEST(GpuTypeOrder, DeviceOnlyDoesNotLeaveLocalHeaps) {
  Rig rig;
  rig.gpu->set_heap_limit(0, kMiB);
  rig.gpu->set_heap_limit(2, kMiB);
  std::vector<GpuBuffer> held;
  Code last = Code::None;
  for (int i = 0; i < 10 && last == Code::None; ++i) {
    auto made = rig.gpu->allocate({kMiB / 2, Intent::DeviceOnly});
    if (made)
      held.push_back(*std::move(made));
    else
      last = made.error().code;
  }
  EXPECT_EQ(held.size(), 4U);
  EXPECT_EQ(last, Code::FA417);
  EXPECT_EQ(rig.device.heap_bytes(1), 0U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
}

}  // namespace
}  // namespace framealloc::gpu::testing
