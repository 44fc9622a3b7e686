// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory pressure, decommit and wishes as a program sees them.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "smart_alloc/fill.hpp"
#include "support/report_log.hpp"

namespace framealloc {
namespace {

using namespace framealloc::literals;
using testing::fill;
using testing::ReportLog;

AllocConfig limited(ReportLog& log, std::size_t limit) {
  return AllocConfig::minimal().with_memory_limit(limit).with_report_handler(&ReportLog::handler,
                                                                             &log);
}

TEST(MemoryPressure, TheThresholdIsToldOnceUntilItIsLeft) {
  ReportLog log;
  SmartAlloc alloc(limited(log, 16_MiB).with_pressure_threshold(50));
  std::vector<PressureEvent> events;
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent& event) {
    EXPECT_GE(event.used, 8_MiB);
    events.push_back(event);
  }));
  for (std::size_t round = 1; round <= 2; ++round) {
    std::vector<std::byte*> blocks;
    for (int i = 0; i < 40; ++i) blocks.push_back(alloc.heap_alloc<std::byte>(256_KiB));
    ASSERT_EQ(events.size(), round);
    EXPECT_EQ(events.back().reason, PressureReason::Threshold);
    EXPECT_EQ(events.back().limit, 16_MiB);
    for (std::byte* block : blocks) alloc.heap_free(block);
    EXPECT_GT(alloc.trim(), 0u);
  }
  EXPECT_EQ(log.size(), 0u);
}

TEST(MemoryPressure, AFrameThatCrossesTheThresholdIsToldInTheSameCall) {
  ReportLog log;
  SmartAlloc alloc(limited(log, 16_MiB).with_pressure_threshold(50));
  int calls = 0;
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent&) {
    ++calls;
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr) << "the arena may be used";
  }));
  alloc.begin_frame();
  std::byte* const mine = alloc.frame_alloc_batch<std::byte>(9_MiB);
  ASSERT_NE(mine, nullptr);
  mine[0] = mine[9_MiB - 1] = std::byte{1};
  EXPECT_EQ(calls, 1);
  alloc.end_frame();
  EXPECT_EQ(calls, 1);
}

// A frame like those before it takes the short way and leaves no trace in its slot.
TEST(MemoryPressure, TrimLeavesTheOpenFrameAlone) {
  SmartAlloc alloc(AllocConfig::minimal());
  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    (void)alloc.frame_alloc<int>();
    alloc.end_frame();
  }
  alloc.begin_frame();
  int* const kept = alloc.frame_alloc<int>();
  ASSERT_NE(kept, nullptr);
  *kept = 7;
  (void)alloc.trim();
  EXPECT_EQ(*kept, 7);
  int* const more = alloc.frame_alloc<int>();
  ASSERT_NE(more, nullptr);
  *more = 8;
  EXPECT_EQ(reinterpret_cast<std::byte*>(more) - reinterpret_cast<std::byte*>(kept), 16);
  alloc.end_frame();
  EXPECT_GT(alloc.trim(), 0u) << "between frames it goes";
}

TEST(MemoryPressure, ACheckpointWhoseChunkHasGoneIsRefused) {
  SmartAlloc alloc(AllocConfig::minimal());
  alloc.begin_frame();
  (void)alloc.frame_alloc_layout(900_KiB, 16);
  (void)alloc.frame_alloc_layout(250_KiB, 16);  // in a chunk of its own
  const FrameCheckpoint old = alloc.frame_checkpoint();
  (void)alloc.frame_alloc<int>();
  alloc.end_frame();
  EXPECT_GT(alloc.trim(), 1_MiB) << "every chunk of the frame";
  EXPECT_FALSE(alloc.rollback_to(old));
  alloc.begin_frame();
  int* const kept = alloc.frame_alloc<int>();
  ASSERT_NE(kept, nullptr);
  EXPECT_FALSE(alloc.rollback_to(old));
  *kept = 1;
  EXPECT_NE(alloc.frame_alloc<int>(), kept);
  alloc.end_frame();
}

TEST(MemoryPressure, ARequestIsTriedOnceMoreAfterRoomWasMade) {
  ReportLog log;
  SmartAlloc alloc(limited(log, 16_MiB).with_pressure_threshold(0));
  std::vector<std::byte*> cache = fill(alloc, 256_KiB);
  ASSERT_GT(cache.size(), 10u);
  log.clear();
  std::vector<PressureEvent> events;
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent& event) {
    events.push_back(event);
    for (int i = 0; i < 8 && !cache.empty(); ++i) {
      alloc.heap_free(cache.back());
      cache.pop_back();
    }
  }));
  std::byte* const heap = alloc.heap_alloc<std::byte>(1_MiB);
  EXPECT_NE(heap, nullptr);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].reason, PressureReason::Limit);
  EXPECT_EQ(events[0].level, PressureLevel::Critical);
  EXPECT_EQ(events[0].requested, 1_MiB);

  const auto refill = [&] {
    const auto more = fill(alloc, 256_KiB);
    cache.insert(cache.end(), more.begin(), more.end());
  };
  const auto quietly = [&](auto&& work) {
    alloc.on_memory_pressure(nullptr, nullptr);
    work();
    log.clear();
    events.clear();
  };
  struct Context {
    SmartAlloc& alloc;
    std::vector<std::byte*>& cache;
    int calls = 0;
  } context{alloc, cache};
  const PressureHandler evict = [](const PressureEvent&, void* self) {
    auto& mine = *static_cast<Context*>(self);
    ++mine.calls;
    for (int i = 0; i < 8 && !mine.cache.empty(); ++i) {
      mine.alloc.heap_free(mine.cache.back());
      mine.cache.pop_back();
    }
  };
  quietly(refill);
  alloc.on_memory_pressure(evict, &context);
  struct Block {
    std::byte bytes[512];
  };
  std::vector<Block*> pool;
  for (int i = 0; i < 3000; ++i) {
    pool.push_back(alloc.pool_alloc<Block>());
    ASSERT_NE(pool.back(), nullptr) << i;
  }
  EXPECT_GE(context.calls, 1) << "the pool asked";

  quietly(refill);
  context.calls = 0;
  alloc.on_memory_pressure(evict, &context);
  alloc.begin_frame();
  EXPECT_NE(alloc.frame_alloc_batch<std::byte>(1_MiB), nullptr);
  EXPECT_EQ(context.calls, 1) << "the frame asked";
  alloc.end_frame();
  EXPECT_EQ(log.size(), 0u) << "nothing was denied";

  for (Block* block : pool) alloc.pool_free(block);
  for (std::byte* block : cache) alloc.heap_free(block);
  alloc.heap_free(heap);
}

TEST(MemoryPressure, ARequestIsDeniedWhenTheHandlerDoesNotHelp) {
  ReportLog log;
  SmartAlloc alloc(limited(log, 8_MiB).with_pressure_threshold(0));
  int calls = 0;
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent&) { ++calls; }));
  EXPECT_EQ(alloc.heap_alloc<std::byte>(64_MiB), nullptr);
  EXPECT_EQ(calls, 1) << "once per request";
  EXPECT_EQ(log.count(Code::FA310), 1u);
  alloc.begin_frame();
  EXPECT_EQ(alloc.frame_alloc_batch<std::byte>(64_MiB), nullptr);
  alloc.end_frame();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(log.count(Code::FA310), 2u);
}

TEST(MemoryPressure, IsToldToListenersAndOnDemand) {
  ReportLog log;
  SmartAlloc alloc(limited(log, 8_MiB));
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  int heard = 0;
  const Subscription mine = alloc.on_frame_event(
      [&](const FrameEvent& event) {
        ++heard;
        EXPECT_EQ(event.limit, 8_MiB);
      },
      events(FrameEventKind::MemoryPressure));
  PressureEvent last;
  ASSERT_TRUE(alloc.on_memory_pressure([&](const PressureEvent& event) { last = event; }));
  alloc.notify_memory_pressure(PressureLevel::Critical);
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(last.level, PressureLevel::Critical);
  EXPECT_EQ(last.reason, PressureReason::Notified);
  EXPECT_EQ(last.used, alloc.stats().reserved);
}

TEST(Decommit, PoliciesReachTheAllocator) {
  const auto idle_after = [](DecommitPolicy policy, int frames) {
    SmartAlloc alloc(AllocConfig::minimal().with_decommit(policy));
    std::vector<std::byte*> blocks;
    for (int i = 0; i < 40; ++i) blocks.push_back(alloc.heap_alloc<std::byte>(256_KiB));
    for (std::byte* block : blocks) alloc.heap_free(block);
    for (int frame = 0; frame < frames; ++frame) {
      alloc.begin_frame();
      alloc.end_frame();
    }
    return alloc.stats().idle_bytes;
  };
  EXPECT_EQ(idle_after(DecommitPolicy::Never, 200), 40 * 256_KiB);
  EXPECT_EQ(idle_after(DecommitPolicy::ExcessOverHighWater, 8), 40 * 256_KiB);
  EXPECT_EQ(idle_after(DecommitPolicy::ExcessOverHighWater, 200), 0u);
  EXPECT_EQ(idle_after(DecommitPolicy::WhenEmpty, 8), 0u);
}

TEST(Wishes, ThatCannotBeMetAreReportedOnce) {
  ReportLog log;
  SystemSource system;
  AllocConfig config = AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
  config.with_numa_node(999);
  {
    SmartAlloc alloc(config);
    ASSERT_TRUE(alloc);
    alloc.begin_frame();
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr) << "it works without";
    alloc.end_frame();
  }
  ASSERT_EQ(log.count(Code::FA013), 1u);
  EXPECT_NE(log.all()[0].message.find("numa_node"), std::string::npos);
  log.clear();
  {
    SmartAlloc alloc(AllocConfig::minimal()
                         .with_report_handler(&ReportLog::handler, &log)
                         .with_upstream(&system)
                         .with_huge_pages()
                         .with_numa_node(0));
    ASSERT_TRUE(alloc);
  }
  EXPECT_EQ(log.count(Code::FA013), 2u) << "the program's own source knows nothing of them";
  log.clear();
  {
    const MemoryCapabilities can = memory_capabilities();
    SmartAlloc alloc(
        AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log).with_huge_pages());
    ASSERT_TRUE(alloc);
    EXPECT_EQ(log.count(Code::FA013), can.huge_page_size == 0 ? 1u : 0u);
  }
  log.clear();
  SmartAlloc plain(AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log));
  EXPECT_EQ(log.size(), 0u);
}

TEST(Limits, OneThatIsTooSmallForTheAllocatorItselfIsCalledALimit) {
  ReportLog log;
  const Result<SmartAlloc> made = SmartAlloc::create(limited(log, 4096));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::FA310);
  NullSource nothing;
  const Result<SmartAlloc> dry = SmartAlloc::create(AllocConfig::minimal().with_upstream(&nothing));
  ASSERT_FALSE(dry);
  EXPECT_EQ(dry.error().code, Code::FA012);
}

TEST(Config, NewFieldsAreChecked) {
  for (const AllocConfig& config :
       {AllocConfig::minimal().with_pressure_threshold(101),
        AllocConfig::minimal().with_numa_node(-2),
        AllocConfig::minimal().with_decommit(static_cast<DecommitPolicy>(7)),
        AllocConfig::minimal().with_guard_frames(0),
        AllocConfig::minimal().with_guard_frames(1025)}) {
    const Result<void> valid = config.validate();
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().code, Code::FA010);
  }
  EXPECT_TRUE(AllocConfig::minimal().with_pressure_threshold(100).validate());
}

}  // namespace
}  // namespace framealloc
