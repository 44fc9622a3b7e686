// SPDX-License-Identifier: MIT OR Apache-2.0
// Workers retain, the driving thread promotes; and each request to the source fails once.
#include "smart_alloc/retention_fixture.hpp"

#include <barrier>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace framealloc::literals;
using testing::ReportLog;
using testing::RetentionWorld;
using testing::Tracked;

using RetentionThreads = RetentionWorld;

RetentionPolicy policy_of(int number) {
  switch (number % 4) {
    case 0:
      return RetentionPolicy::PromoteToPool;
    case 1:
      return RetentionPolicy::PromoteToHeap;
    case 2:
      return RetentionPolicy::PromoteToScratch("shared", 64_KiB);
    default:
      return RetentionPolicy::Discard;
  }
}

TEST_F(RetentionThreads, WorkersRetainAndTheDriverPromotes) {
  constexpr int kWorkers = 4;
  constexpr int kFrames = 30;
  constexpr int kObjects = 40;
  SmartAlloc alloc(config());
  std::barrier gate(kWorkers + 1);
  std::vector<std::thread> workers;
  for (int w = 0; w < kWorkers; ++w) {
    workers.emplace_back([&, w] {
      const TagScope tag = alloc.tag_scope("worker" + std::to_string(w));
      PoolBox<Tracked> mine;
      for (int frame = 0; frame < kFrames; ++frame) {
        gate.arrive_and_wait();
        std::vector<FrameRetained<Tracked>> handles;
        for (int i = 0; i < kObjects; ++i) {
          handles.push_back(alloc.frame_retained<Tracked>(policy_of(i), i));
          EXPECT_TRUE(handles.back()->intact(i));
        }
        gate.arrive_and_wait();  // the driver ends the frame
        gate.arrive_and_wait();
        for (const auto& handle : handles) EXPECT_FALSE(handle);
      }
    });
  }
  std::vector<PoolBox<Tracked>> kept;
  for (int frame = 0; frame < kFrames; ++frame) {
    alloc.begin_frame();
    gate.arrive_and_wait();
    gate.arrive_and_wait();
    EXPECT_EQ(alloc.retained_count(), std::size_t{kWorkers * kObjects * 3 / 4});
    PromotionResult result = alloc.end_frame_with_promotions();
    const FrameSummary& summary = result.summary;
    EXPECT_EQ(summary.promoted_pool_count, std::size_t{kWorkers * kObjects / 4});
    EXPECT_EQ(summary.promoted_heap_count, std::size_t{kWorkers * kObjects / 4});
    EXPECT_EQ(summary.promoted_scratch_count, std::size_t{kWorkers * kObjects / 4});
    EXPECT_EQ(summary.discarded_count, std::size_t{kWorkers * kObjects / 4});
    EXPECT_EQ(summary.failed_count, 0u);
    EXPECT_EQ(summary.by_tag.size(), std::size_t{kWorkers});
    for (const TagSummary& row : summary.by_tag) {
      EXPECT_EQ(row.promoted_bytes, kObjects * 3 / 4 * sizeof(Tracked)) << row.tag;
    }
    for (PromotedAllocation& item : result.promoted) {
      ASSERT_TRUE(item.is_success());
      ASSERT_TRUE(item.as<Tracked>()->intact(item.as<Tracked>()->value));
      if (frame % 10 == 0 && item.kind() == PromotionKind::Pool)
        kept.push_back(item.take<Tracked>());
    }
    EXPECT_TRUE(alloc.scratch_pool("shared").reset());
    gate.arrive_and_wait();
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(Tracked::alive.load(), static_cast<int>(kept.size()));
  kept.clear();
}

TEST_F(RetentionThreads, ObjectsOfEndedThreadsAreStillPromoted) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  std::uint64_t id = 0;
  std::thread([&] {
    auto handle = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::Discard, 2);
    id = handle.id();
  }).join();
  EXPECT_EQ(Tracked::alive.load(), 2);
  PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_NE(result.find(id), nullptr);
  EXPECT_TRUE(result.find(id)->as<Tracked>()->intact(1));
  EXPECT_EQ(Tracked::alive.load(), 1);
}

TEST_F(RetentionThreads, ThreadsThatEndInTheirOwnFrameDestroyWhatTheyRetain) {
  SmartAlloc alloc(config());
  std::thread([&] {
    alloc.begin_thread_frame();
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  }).join();
  EXPECT_EQ(Tracked::alive.load(), 0);
  EXPECT_EQ(alloc.retained_count(), 0u);
}

void retain_in_frames(SmartAlloc& alloc) {
  std::vector<PoolBox<Tracked>> kept;
  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    const TagScope tag = alloc.tag_scope("frame" + std::to_string(frame));
    alloc.begin_phase("work");
    std::vector<FrameRetained<Tracked>> handles;
    for (int i = 0; i < 40; ++i) handles.push_back(alloc.frame_retained<Tracked>(policy_of(i), i));
    struct Large {
      char bytes[300000];
    };
    (void)alloc.frame_retained<Large>(RetentionPolicy::PromoteToHeap);
    std::thread([&] {
      (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 7);
    }).join();
    (void)alloc.end_phase();
    PromotionResult result = alloc.end_frame_with_promotions();
    const FrameSummary& summary = result.summary;
    ASSERT_EQ(summary.failures_by_reason.total(), summary.failed_count);
    ASSERT_EQ(summary.failures_by_reason.out_of_memory, summary.failed_count);
    for (PromotedAllocation& item : result.promoted) {
      ASSERT_EQ(item.is_success(), item.get() != nullptr);
      if (item.kind() == PromotionKind::Pool) kept.push_back(item.take<Tracked>());
    }
    const FrameSummary copy = summary;
    ASSERT_LE(copy.by_tag.size(), summary.by_tag.size());
  }
  for (const auto& box : kept) ASSERT_TRUE(box->intact(box->value));
}

void fail_each_request(bool sticky) {
  std::uint64_t n = 1;
  for (; n < 500; ++n) {
    SCOPED_TRACE("request " + std::to_string(n));
    SystemSource system;
    CountingSource counting(system);
    FailingSource failing(counting, n, sticky);
    ReportLog log;
    {
      SmartAlloc alloc(AllocConfig::minimal()
                           .with_frame_arena_size(64_KiB)
                           .with_upstream(&failing)
                           .with_report_handler(&ReportLog::handler, &log));
      retain_in_frames(alloc);
      if (::testing::Test::HasFatalFailure()) return;
      if (alloc) {
        EXPECT_EQ(alloc.stats().pool_allocated, 0u);
        EXPECT_EQ(alloc.retained_count(), 0u);
        EXPECT_EQ(alloc.scratch().reset_all(), alloc.scratch().stats().size());
      }
      EXPECT_EQ(Tracked::alive.load(), 0);
    }
    EXPECT_EQ(counting.live_blocks(), 0u);
    // A thread, a phase or a frame that could not begin is not open afterward.
    bool denied = false;
    for (const auto& entry : log.all()) {
      denied |= entry.code == Code::FA012;
      const bool follows = entry.code == Code::FA001 || entry.code == Code::FA004;
      EXPECT_TRUE(denied && (follows || entry.code == Code::FA012)) << entry.message;
    }
    if (failing.failures() == 0) {
      EXPECT_EQ(log.size(), 0u);
      break;
    }
  }
  std::printf("%s: %llu requests failed\n", sticky ? "dry from it on" : "once",
              static_cast<unsigned long long>(n - 1));
  EXPECT_GT(n, 5u);
  EXPECT_LT(n, 500u);
}

TEST_F(RetentionThreads, EachRequestFailsOnce) { fail_each_request(false); }
TEST_F(RetentionThreads, TheSourceRunsDry) { fail_each_request(true); }

}  // namespace
}  // namespace framealloc
