// SPDX-License-Identifier: MIT OR Apache-2.0
// Crossings of the threshold, counted exactly; what the system says.
#include <framealloc/pressure.hpp>

#include <framealloc/capabilities.hpp>
#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/literals.hpp>
#include "os/virtual_memory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using detail::EventHub;
using detail::LimitedSource;
using detail::PressureMonitor;

struct Rig {
  SystemSource system;
  CountingSource counting{system};
  LimitedSource limited_source{counting, 100_KiB};
  detail::MetadataAllocator metadata{limited_source};
  detail::TagTable tags;
  std::atomic<std::uint64_t> frame{0};
  EventHub hub{metadata, tags, frame};
  detail::ChunkPool chunks{limited_source, 64_KiB};
  PressureMonitor monitor{limited_source, chunks, hub};
  std::vector<PressureEvent> events;
  Rig() {
    limited_source.watch_threshold(80_KiB);
    monitor.set_handler([](const PressureEvent& event,
                           void* self) { static_cast<Rig*>(self)->events.push_back(event); },
                        this);
  }
};

TEST(Pressure, IsToldOncePerCrossing) {
  Rig rig;
  void* const first = rig.limited_source.acquire(76_KiB, 4096);
  rig.monitor.settle();
  EXPECT_TRUE(rig.events.empty()) << "below the threshold";
  for (std::size_t round = 1; round <= 3; ++round) {
    void* const second = rig.limited_source.acquire(8_KiB, 4096);
    void* const third = rig.limited_source.acquire(8_KiB, 4096);
    rig.monitor.settle();
    rig.monitor.settle();
    ASSERT_EQ(rig.events.size(), round);
    EXPECT_EQ(rig.events.back().reason, PressureReason::Threshold);
    EXPECT_EQ(rig.events.back().level, PressureLevel::Moderate);
    EXPECT_EQ(rig.events.back().used, 92_KiB);
    EXPECT_EQ(rig.events.back().limit, 100_KiB);
    rig.limited_source.release(third, 8_KiB, 4096);
    rig.monitor.settle();
    EXPECT_EQ(rig.events.size(), round) << "still above it";
    rig.limited_source.release(second, 8_KiB, 4096);
  }
  rig.limited_source.release(first, 76_KiB, 4096);
  EXPECT_EQ(rig.limited_source.reserved(), 0u);
}

TEST(Pressure, ADenialAsksAndSaysWhy) {
  Rig rig;
  EXPECT_TRUE(rig.monitor.relieve(50, true));
  EXPECT_TRUE(rig.monitor.relieve(60, false));
  EXPECT_TRUE(rig.monitor.emit(PressureLevel::Moderate));
  ASSERT_EQ(rig.events.size(), 3u);
  EXPECT_EQ(rig.events[0].reason, PressureReason::Limit);
  EXPECT_EQ(rig.events[0].level, PressureLevel::Critical);
  EXPECT_EQ(rig.events[0].requested, 50u);
  EXPECT_EQ(rig.events[1].reason, PressureReason::Source);
  EXPECT_EQ(rig.events[2].reason, PressureReason::Notified);
  EXPECT_EQ(rig.events[2].level, PressureLevel::Moderate);
  rig.monitor.set_handler(nullptr, nullptr);
  EXPECT_FALSE(rig.monitor.relieve(50, true)) << "nobody to make room";
}

TEST(Pressure, WhatAHandlerRaisesIsNotToldAgain) {
  Rig rig;
  struct Context {
    PressureMonitor& monitor;
    int calls = 0;
  } context{rig.monitor};
  rig.monitor.set_handler(
      [](const PressureEvent&, void* self) {
        auto& mine = *static_cast<Context*>(self);
        ++mine.calls;
        EXPECT_FALSE(mine.monitor.relieve(1, true));
        EXPECT_FALSE(mine.monitor.emit(PressureLevel::Critical));
      },
      &context);
  EXPECT_TRUE(rig.monitor.emit(PressureLevel::Critical));
  EXPECT_EQ(context.calls, 1);
}

TEST(Pressure, CrossingsOfManyThreadsAreNeverMoreThanReturns) {
  SystemSource system;
  LimitedSource limited_source(system, 0);
  limited_source.watch_threshold(64_KiB);
  std::atomic<std::uint64_t> noted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        void* const block = limited_source.acquire(32_KiB, 4096);
        ASSERT_NE(block, nullptr);
        if (limited_source.take_crossing()) noted.fetch_add(1);
        limited_source.release(block, 32_KiB, 4096);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(limited_source.reserved(), 0u);
  EXPECT_LE(noted.load(), 2000u);  // one release at least lies between two crossings
  const std::uint64_t before = noted.load();
  (void)limited_source.take_crossing();
  void* const above = limited_source.acquire(64_KiB, 4096);
  EXPECT_TRUE(limited_source.take_crossing()) << "armed again after " << before;
  limited_source.release(above, 64_KiB, 4096);
}

TEST(Capabilities, AgreeWithThemselves) {
  const MemoryCapabilities can = memory_capabilities();
  EXPECT_EQ(can.page_size, os::page_size());
  EXPECT_GE(can.numa_nodes, 1u);
  EXPECT_EQ(can.huge_page_size == 0, !can.huge_page_reason.empty());
  EXPECT_EQ(can.numa_hint, can.numa_reason.empty());
  const bool on = can.huge_pages == HugePageMode::Madvise || can.huge_pages == HugePageMode::Always;
  EXPECT_TRUE(on || can.huge_page_size == 0);
}

TEST(Capabilities, ANodeThatIsNotThereIsNamed) {
  const auto why = detail::why_no_node(1000);
  EXPECT_NE(why.view().find("1000"), std::string_view::npos) << why.view();
}

TEST(SystemPressure, LevelsFollowTheStalls) {
  os::MemoryPressureReading reading;
  EXPECT_EQ(detail::level_of(reading), PressureLevel::None);
  reading.some_avg10 = 9.99;
  EXPECT_EQ(detail::level_of(reading), PressureLevel::None);
  reading.some_avg10 = 10;
  EXPECT_EQ(detail::level_of(reading), PressureLevel::Moderate);
  reading.full_avg10 = 12.5;
  EXPECT_EQ(detail::level_of(reading), PressureLevel::Critical);
}

TEST(SystemPressure, IsReadOrSaidToBeUnknown) {
  const SystemMemoryPressure pressure = system_memory_pressure();
  if (!pressure.known) {
    EXPECT_EQ(pressure.level, PressureLevel::None);
    EXPECT_EQ(pressure.some_total_us, 0u);
  }
  EXPECT_GE(pressure.some_avg10, 0.0);
  EXPECT_LE(pressure.some_avg10, 100.0);
  EXPECT_LE(pressure.full_avg10, 100.0);
}

}  // namespace
}  // namespace framealloc
