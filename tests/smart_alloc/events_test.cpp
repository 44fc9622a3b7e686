// SPDX-License-Identifier: MIT OR Apache-2.0
// Lifecycle events as a program sees them.
#include <framealloc/framealloc.hpp>

#include <framealloc/detail/memory/event_hub.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/report_log.hpp"

namespace framealloc {
namespace {

using namespace framealloc::literals;
using Kind = FrameEventKind;

struct Seen {
  Kind kind;
  std::size_t size;
  std::uint64_t frame, count;
  AllocKind alloc_kind;
  std::string tag;
  bool cross_thread, own_frame;
  std::size_t peak, total, used, limit;
};

// Keeps what it hears; for one thread.
class Log {
 public:
  static void hear(const FrameEvent& event, void* self) {
    static_cast<Log*>(self)->entries_.push_back(
        {event.kind, event.size, event.frame_number, event.count, event.alloc_kind,
         std::string(event.tag), event.was_cross_thread, event.own_frame, event.peak_memory,
         event.total_allocated, event.used, event.limit});
  }
  [[nodiscard]] std::vector<Seen> of(Kind kind) const {
    std::vector<Seen> some;
    std::ranges::copy_if(entries_, std::back_inserter(some),
                         [kind](const Seen& seen) { return seen.kind == kind; });
    return some;
  }
  [[nodiscard]] const std::vector<Seen>& all() const { return entries_; }
  void clear() { entries_.clear(); }

 private:
  std::vector<Seen> entries_;
};

struct Big {
  std::byte bytes[256];
};

AllocConfig small() { return AllocConfig::minimal(); }

TEST(Events, AreOffUntilEnabled) {
  SmartAlloc alloc(small());
  Log log;
  const Subscription mine = alloc.on_frame_event(&Log::hear, &log, kAllFrameEvents);
  ASSERT_TRUE(mine);
  EXPECT_FALSE(alloc.is_lifecycle_tracking_enabled());
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<Big>(), nullptr);
  alloc.end_frame();
  EXPECT_TRUE(log.all().empty());
  EXPECT_TRUE(alloc.frame_history().empty());

  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  EXPECT_TRUE(alloc.is_lifecycle_tracking_enabled());
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(log.of(Kind::FrameBegin).size(), 1u);
  EXPECT_EQ(log.of(Kind::FrameEnd).size(), 1u);
  alloc.disable_lifecycle_tracking();
  log.clear();
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<Big>(), nullptr);
  alloc.end_frame();
  EXPECT_TRUE(log.all().empty());
  EXPECT_EQ(alloc.frame_history().size(), 1u) << "the history stays readable";
}

TEST(Events, FramesSayWhatTheyHeld) {
  SmartAlloc alloc(small());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  Log log;
  const Subscription mine = alloc.on_frame_event(&Log::hear, &log);
  for (int frame = 1; frame <= 3; ++frame) {
    alloc.begin_frame();
    {
      const FrameScope scope = alloc.frame_scope();
      ASSERT_NE(alloc.frame_alloc_batch<Big>(4), nullptr);
    }
    ASSERT_NE(alloc.frame_alloc<Big>(), nullptr);
    alloc.end_frame();
  }
  const std::vector<Seen> ends = log.of(Kind::FrameEnd);
  ASSERT_EQ(ends.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(ends[i].frame, i + 1);
    EXPECT_EQ(ends[i].total, sizeof(Big));
    EXPECT_EQ(ends[i].peak, 4 * sizeof(Big));
  }
  EXPECT_EQ(log.of(Kind::FrameBegin).back().frame, 3u);
}

TEST(Events, AThreadsOwnFramesAreToldAsSuch) {
  SmartAlloc alloc(small());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  Log log;
  const Subscription mine = alloc.on_frame_event(&Log::hear, &log);
  alloc.begin_thread_frame();
  ASSERT_NE(alloc.frame_alloc<Big>(), nullptr);
  alloc.end_thread_frame();
  ASSERT_EQ(log.of(Kind::FrameEnd).size(), 1u);
  EXPECT_TRUE(log.of(Kind::FrameEnd)[0].own_frame);
  EXPECT_EQ(log.of(Kind::FrameEnd)[0].total, sizeof(Big));
  EXPECT_TRUE(alloc.frame_history().empty()) << "the history is of the shared frame";
}

TEST(Events, EveryCallIsToldWhereCallsAreVerified) {
  AllocConfig config = small();
  config.checked = true;
  SmartAlloc alloc(config);
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  alloc.begin_frame();
  Log log;
  {
    const Subscription mine =
        alloc.on_frame_event(&Log::hear, &log, events(Kind::Alloc, Kind::Free));
    const TagScope tag = alloc.tag_scope("ai");
    for (int i = 0; i < 5; ++i) ASSERT_NE(alloc.frame_alloc<Big>(), nullptr);
    Big* pool[3];
    for (Big*& block : pool) block = alloc.pool_alloc<Big>();
    for (Big* block : pool) alloc.pool_free(block);
    int* heap = alloc.heap_alloc<int>(10);
    alloc.heap_free(heap);
    int* large = alloc.heap_alloc<int>(20000);
    alloc.heap_free(large);
  }
  ASSERT_NE(alloc.frame_alloc<Big>(), nullptr);  // nobody listens any more
  alloc.end_frame();
  const std::vector<Seen> allocs = log.of(Kind::Alloc);
  const auto count = [&](Kind kind, AllocKind of) {
    const std::vector<Seen> some = log.of(kind);
    return std::ranges::count_if(some, [of](const Seen& s) { return s.alloc_kind == of; });
  };
  EXPECT_EQ(count(Kind::Alloc, AllocKind::Frame), 5);
  EXPECT_EQ(count(Kind::Alloc, AllocKind::Pool), 3);
  EXPECT_EQ(count(Kind::Alloc, AllocKind::Heap), 2);
  EXPECT_EQ(count(Kind::Free, AllocKind::Pool), 3);
  EXPECT_EQ(count(Kind::Free, AllocKind::Heap), 2);
  for (const Seen& seen : log.all()) {
    EXPECT_EQ(seen.tag, "ai");
    EXPECT_FALSE(seen.cross_thread);
    EXPECT_EQ(seen.frame, 1u);
  }
}

TEST(Events, SlowPathsOfThePoolAreTold) {
  SmartAlloc alloc(small());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  Log log;
  const Subscription mine = alloc.on_frame_event(&Log::hear, &log);
  std::vector<Big*> blocks;
  for (int i = 0; i < 200; ++i) blocks.push_back(alloc.pool_alloc<Big>());
  const std::vector<Seen> refills = log.of(Kind::SlabRefill);
  ASSERT_FALSE(refills.empty());
  for (const Seen& refill : refills) EXPECT_EQ(refill.size, sizeof(Big));
  int* const large = alloc.heap_alloc<int>(100000);
  ASSERT_EQ(log.of(Kind::LargeAllocation).size(), 1u);
  EXPECT_EQ(log.of(Kind::LargeAllocation)[0].size, 400000u);
  alloc.heap_free(large);

  std::thread([&] {
    for (Big* block : blocks) alloc.pool_free(block);
    (void)alloc.process_deferred_frees(0);  // sends
  }).join();
  log.clear();
  EXPECT_EQ(alloc.process_deferred_frees(1000), 200u);
  ASSERT_FALSE(log.of(Kind::DeferredProcessed).empty());
  EXPECT_EQ(log.of(Kind::DeferredProcessed)[0].count, 200u);
  EXPECT_EQ(log.of(Kind::DeferredProcessed)[0].size, 200 * sizeof(Big));
}

TEST(Events, FreesOfAnotherThreadsBlocksAreToldInBatches) {
  SmartAlloc alloc(small());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  std::vector<Big*> blocks;
  for (int i = 0; i < 100; ++i) blocks.push_back(alloc.pool_alloc<Big>());
  const ThreadId owner = os::current_thread_id();
  Log log;
  std::uint64_t freed = 0;
  ThreadFrameStats stats;
  std::thread([&] {
    (void)alloc.frame_arena();
    const Subscription mine = alloc.on_frame_event(
        [&](const FrameEvent& event) {
          Log::hear(event, &log);
          EXPECT_EQ(event.other_thread, owner);
          freed += event.count;
        },
        events(Kind::CrossThreadFreeQueued));
    for (Big* block : blocks) alloc.pool_free(block);
    (void)alloc.process_deferred_frees(0);
    stats = alloc.thread_frame_stats(os::current_thread_id());
  }).join();
  EXPECT_EQ(freed, 100u);
  EXPECT_LT(log.all().size(), 100u);
  EXPECT_EQ(stats.cross_thread_frees, 100u);
  EXPECT_EQ(stats.deallocation_count, 100u);
}

TEST(Events, TransfersAreTold) {
  SmartAlloc alloc(small());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  Log log;
  const Subscription mine = alloc.on_frame_event(&Log::hear, &log);
  TransferHandle<Big> handle = alloc.frame_box_for_transfer<Big>();
  EXPECT_EQ(log.of(Kind::TransferInitiated).size(), 1u);
  EXPECT_TRUE(log.of(Kind::TransferCompleted).empty());
  EXPECT_NE(handle.receive(), nullptr);
  ASSERT_EQ(log.of(Kind::TransferCompleted).size(), 1u);
  EXPECT_EQ(log.of(Kind::TransferCompleted)[0].size, sizeof(Big));
}

TEST(Events, BudgetsAreTold) {
  testing::ReportLog reports;
  AllocConfig config = small().with_budgets();
  config.with_report_handler(&testing::ReportLog::handler, &reports);
  SmartAlloc alloc(config);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("ai", 16_KiB, 64_KiB));
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  Log log;
  const Subscription mine = alloc.on_frame_event(&Log::hear, &log);
  {
    const TagScope tag = alloc.tag_scope("ai");
    int* const some = alloc.heap_alloc<int>(8000);
    EXPECT_EQ(log.of(Kind::BudgetWarning).size(), 1u);
    EXPECT_EQ(alloc.heap_alloc<int>(16000), nullptr);
    alloc.heap_free(some);
  }
  ASSERT_EQ(log.of(Kind::BudgetExceeded).size(), 1u);
  EXPECT_EQ(log.of(Kind::BudgetExceeded)[0].tag, "ai");
  EXPECT_EQ(log.of(Kind::BudgetExceeded)[0].limit, 64_KiB);
  EXPECT_EQ(log.of(Kind::BudgetExceeded)[0].size, 64000u);

  log.clear();
  alloc.set_thread_frame_budget(1_KiB);
  alloc.begin_frame();
  EXPECT_EQ(alloc.frame_alloc_batch<Big>(8), nullptr);
  alloc.end_frame();
  ASSERT_EQ(log.of(Kind::BudgetExceeded).size(), 1u);
  EXPECT_EQ(log.of(Kind::BudgetExceeded)[0].limit, 1_KiB);
}

TEST(Events, ListenersMayUseTheAllocator) {
  AllocConfig config = small();
  config.checked = true;
  SmartAlloc alloc(config);
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  int calls = 0;
  std::vector<Big*> kept;
  const Subscription mine = alloc.on_frame_event(
      [&](const FrameEvent& event) {
        ++calls;
        kept.push_back(alloc.pool_alloc<Big>());
        if (alloc.in_frame()) {
          EXPECT_NE(alloc.frame_alloc<Big>(), nullptr);
        }
        int* const heap = alloc.heap_alloc<int>(50000);
        EXPECT_NE(heap, nullptr);
        alloc.heap_free(heap);
        if (event.kind == Kind::FrameEnd) {
          for (Big* block : kept) alloc.pool_free(block);
          kept.clear();
        }
      },
      kAllFrameEvents);
  for (int frame = 0; frame < 10; ++frame) {
    alloc.begin_frame();
    Big* const block = alloc.pool_alloc<Big>();
    ASSERT_NE(alloc.frame_alloc_batch<Big>(3000), nullptr);
    ASSERT_NE(alloc.frame_alloc<Big>(), nullptr);
    alloc.pool_free(block);
    alloc.end_frame();
  }
  EXPECT_GE(calls, 60) << "begin, alloc, refill or not, two frame calls, free, end";
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
  EXPECT_EQ(alloc.stats().heap_allocated, 0u);
}

TEST(Events, AListenerMayEndItselfAndOthersAndSubscribe) {
  SmartAlloc alloc(small());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  int first_calls = 0;
  int other_calls = 0;
  int late_calls = 0;
  Subscription first;
  Subscription other;
  Subscription late;
  first = alloc.on_frame_event([&](const FrameEvent&) {
    ++first_calls;
    late = alloc.on_frame_event([&](const FrameEvent&) { ++late_calls; });
    other.end();
    first.end();
  });
  other = alloc.on_frame_event([&](const FrameEvent&) { ++other_calls; });
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(first_calls, 1);
  EXPECT_EQ(other_calls, 0);
  EXPECT_GE(late_calls, 1);
  EXPECT_FALSE(first);
  EXPECT_FALSE(other);
}

TEST(Events, WhatAListenerCapturedDiesWithItsSubscription) {
  SmartAlloc alloc(small());
  const auto token = std::make_shared<int>(7);
  {
    const Subscription mine = alloc.on_frame_event([token](const FrameEvent&) {});
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
  Subscription late;
  {
    SmartAlloc other(small());
    late = other.on_frame_event([token](const FrameEvent&) {});
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1) << "and with its allocator";
  SmartAlloc another(small());
  int calls = 0;
  const Subscription mine = another.on_frame_event([&](const FrameEvent&) { ++calls; });
  late.end();  // of an allocator that is gone
  ASSERT_TRUE(another.enable_lifecycle_tracking());
  another.begin_frame();
  another.end_frame();
  EXPECT_EQ(calls, 2);
}

TEST(Events, ListenersAreBounded) {
  testing::ReportLog reports;
  SmartAlloc alloc(small().with_report_handler(&testing::ReportLog::handler, &reports));
  std::vector<Subscription> all;
  for (std::size_t i = 0; i < detail::EventHub::kMaxListeners; ++i) {
    all.push_back(alloc.on_frame_event([](const FrameEvent&) {}));
    ASSERT_TRUE(all.back());
  }
  const std::size_t held = alloc.stats().metadata_bytes;
  EXPECT_FALSE(alloc.on_frame_event([](const FrameEvent&) {}));
  EXPECT_EQ(reports.count(Code::FA011), 1u);
  EXPECT_EQ(alloc.stats().metadata_bytes, held);
  all.pop_back();
  EXPECT_TRUE(alloc.on_frame_event([](const FrameEvent&) {}));
}

TEST(Events, AnAllocatorThatCouldNotBeMadeHasNone) {
  testing::ReportLog reports;
  AllocConfig config = small().with_frames_in_flight(9);
  config.with_report_handler(&testing::ReportLog::handler, &reports);
  SmartAlloc alloc(config);
  EXPECT_FALSE(alloc.enable_lifecycle_tracking());
  EXPECT_FALSE(alloc.on_frame_event([](const FrameEvent&) {}));
  EXPECT_TRUE(alloc.all_thread_frame_stats().empty());
  EXPECT_EQ(alloc.lifecycle_summary().total_frames, 0u);
  alloc.notify_memory_pressure(PressureLevel::Critical);
  EXPECT_FALSE(alloc.on_memory_pressure([](const PressureEvent&) {}));
}

}  // namespace
}  // namespace framealloc
