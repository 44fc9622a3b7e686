// SPDX-License-Identifier: MIT OR Apache-2.0
// Who is told that memory runs short, when, and for what nobody is.
#include "gpu_rig.hpp"

#include <framealloc/gpu/transfer_batch.hpp>

#include <span>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

TEST(GpuPressure, PressureIsToldBeforeADenialAndAtNineTenths) {
  Rig rig;
  rig.gpu->set_heap_limit(0, 10 * kMiB);
  rig.gpu->set_heap_limit(2, 1);
  struct Seen {
    std::vector<GpuPressureEvent> events;
    GpuAllocator* gpu = nullptr;
    std::vector<GpuBuffer> cache;
  } seen;
  seen.gpu = &*rig.gpu;
  rig.gpu->on_pressure(
      [](const GpuPressureEvent& event, void* context) {
        auto& at = *static_cast<Seen*>(context);
        at.events.push_back(event);
        if (event.level == PressureLevel::Critical && event.heap == 0) {
          at.cache.clear();
          EXPECT_TRUE(at.gpu->wait_idle());
        }
      },
      &seen);
  for (int i = 0; i < 5; ++i) seen.cache.push_back(rig.buffer(kMiB));
  EXPECT_TRUE(seen.events.empty() || seen.events[0].level == PressureLevel::Moderate);
  for (int i = 0; i < 5; ++i) seen.cache.push_back(rig.buffer(kMiB));
  ASSERT_EQ(seen.events.size(), 1U);
  EXPECT_EQ(seen.events[0].level, PressureLevel::Moderate);
  EXPECT_EQ(seen.events[0].reason, PressureReason::Threshold);
  EXPECT_EQ(seen.events[0].limit, 10 * kMiB);
  const GpuBuffer fits = rig.buffer(6 * kMiB);  // after the handler has made room
  ASSERT_GE(seen.events.size(), 2U);
  EXPECT_EQ(seen.events[1].level, PressureLevel::Critical);
  EXPECT_EQ(seen.events[1].reason, PressureReason::Limit);
  EXPECT_EQ(seen.events[1].requested, 6 * kMiB);
  EXPECT_TRUE(seen.cache.empty());
}

// What a handler does is not told within it, and told when it is over.
TEST(GpuPressure, AThresholdThatAHandlerPassesIsToldAfterIt) {
  Rig rig;
  rig.gpu->set_heap_limit(0, 4 * kMiB);
  rig.gpu->set_heap_limit(1, 100 * kKiB);
  rig.gpu->set_heap_limit(2, 1);
  struct Seen {
    std::vector<GpuPressureEvent> events;
    GpuAllocator* gpu = nullptr;
    std::vector<GpuBuffer> taken, cache;
    bool within = false;
  } seen;
  seen.gpu = &*rig.gpu;
  seen.cache.push_back(rig.buffer(3 * kMiB));
  rig.gpu->on_pressure(
      [](const GpuPressureEvent& event, void* context) {
        auto& at = *static_cast<Seen*>(context);
        EXPECT_FALSE(at.within) << "told within a handler";
        at.events.push_back(event);
        if (event.level != PressureLevel::Critical) return;
        at.within = true;
        auto moved =
            at.gpu->allocate(GpuAllocRequirements(95 * kKiB, Intent::HostCached).with_dedicated());
        EXPECT_TRUE(moved);  // what the cache held, for example
        if (moved) at.taken.push_back(*std::move(moved));
        at.cache.clear();
        EXPECT_TRUE(at.gpu->wait_idle());
        at.within = false;
      },
      &seen);
  const GpuBuffer fits = rig.buffer(2 * kMiB);
  ASSERT_EQ(seen.events.size(), 2U);
  EXPECT_EQ(seen.events[0].level, PressureLevel::Critical);
  EXPECT_EQ(seen.events[0].heap, 0U);
  EXPECT_EQ(seen.events[1].reason, PressureReason::Threshold);
  EXPECT_EQ(seen.events[1].heap, 1U);
  EXPECT_EQ(seen.events[1].limit, 100 * kKiB);
}

// An upload between frames takes more than it needs, for those that follow; nobody is asked for that.
TEST(GpuPressure, NothingGoesForMoreThanAnUploadNeeds) {
  Rig rig;
  rig.gpu->set_heap_limit(1, 100 * kKiB);
  rig.gpu->set_heap_limit(2, 1);
  struct Cache {
    GpuBuffer buffer;
    int asked = 0, critical = 0;
  } cache;
  auto made = rig.gpu->allocate(
      GpuAllocRequirements(50 * kKiB, Intent::HostCached).with_dedicated().with_evictable());
  ASSERT_TRUE(made);
  cache.buffer = *std::move(made);
  const auto evict = [](const GpuEviction&, void* context) {
    auto& at = *static_cast<Cache*>(context);
    ++at.asked;
    at.buffer = GpuBuffer();
    return true;
  };
  rig.gpu->on_evict(evict, &cache);
  rig.gpu->on_pressure(
      [](const GpuPressureEvent& event, void* context) {
        if (event.level == PressureLevel::Critical) ++static_cast<Cache*>(context)->critical;
      },
      &cache);
  rig.frames(3);
  GpuBuffer target = rig.buffer(60 * kKiB);
  const std::vector<std::byte> bytes(60 * kKiB);
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.upload(target, std::span(bytes).first(100)));
  EXPECT_EQ(cache.asked, 0);
  ASSERT_TRUE(batch.upload(target, bytes));
  EXPECT_EQ(cache.asked, 1);
  EXPECT_EQ(cache.critical, 0);
  ASSERT_TRUE(batch.submit());
  EXPECT_LE(rig.device.heap_peak_bytes(1), 100 * kKiB);
}

}  // namespace
}  // namespace framealloc::gpu::testing
