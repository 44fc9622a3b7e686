// SPDX-License-Identifier: MIT OR Apache-2.0
// The figures of many threads are one sum, whoever frees what.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <thread>
#include <vector>

#include "diag/behavior_fixture.hpp"
#include "support/report_log.hpp"

namespace framealloc {
namespace {

using testing::ReportLog;
using testing::Thing;

constexpr int kThreads = 4;
constexpr int kFrames = 60;
constexpr int kBlocks = 50;

// Runs `work(thread, frame)` on each thread in each frame; all have come to rest when a frame ends.
template <class Work>
void run_frames(SmartAlloc& alloc, Work work) {
  std::barrier begun(kThreads + 1);
  std::barrier done(kThreads + 1);
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int frame = 0; frame < kFrames; ++frame) {
        begun.arrive_and_wait();
        {
          const TagScope tag = alloc.tag_scope("jobs");
          work(t, frame);
        }
        done.arrive_and_wait();
      }
    });
  }
  for (int frame = 0; frame < kFrames; ++frame) {
    alloc.begin_frame();
    begun.arrive_and_wait();
    done.arrive_and_wait();
    alloc.end_frame();
  }
}

class BehaviorThreads : public ::testing::Test {
 protected:
  BehaviorThreads() { EXPECT_TRUE(alloc.enable_behavior_filter()); }
  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log)};
};

TEST_F(BehaviorThreads, EveryCallOfEveryThreadCountsOnce) {
  run_frames(alloc, [&](int thread, int) {
    std::vector<Thing*> things;
    for (int i = 0; i < kBlocks; ++i) things.push_back(alloc.pool_alloc<Thing>());
    for (Thing* thing : things) alloc.pool_free(thing);
    alloc.heap_free(alloc.heap_alloc<char>(100));
    (void)alloc.frame_alloc_batch<char>(16 * (static_cast<std::size_t>(thread) + 1));
  });
  const BehaviorReport report = alloc.behavior_report();
  const BehaviorStats* const pool = report.find("jobs", AllocKind::Pool);
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool->total_allocs, 1u * kThreads * kFrames * kBlocks);
  EXPECT_EQ(pool->same_frame_frees, pool->total_allocs);
  const BehaviorStats* const heap = report.find("jobs", AllocKind::Heap);
  ASSERT_NE(heap, nullptr);
  EXPECT_EQ(heap->total_allocs, 1u * kThreads * kFrames);
  const BehaviorStats* const frame = report.find("jobs", AllocKind::Frame);
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(frame->bytes_allocated, kFrames * (16u + 32 + 48 + 64));
  EXPECT_EQ(log.count(Code::FA510), 1u) << "one tag, one report, however many threads";
  EXPECT_EQ(log.count(Code::FA530), 1u);
}

TEST_F(BehaviorThreads, AFreeOnAnotherThreadIsOfTheSameFrameToo) {
  std::vector<std::vector<Thing*>> given(kThreads);
  std::barrier handed_over(kThreads);
  run_frames(alloc, [&](int thread, int) {
    const auto mine = static_cast<std::size_t>(thread);
    for (int i = 0; i < kBlocks; ++i) given[mine].push_back(alloc.pool_alloc<Thing>());
    handed_over.arrive_and_wait();
    std::vector<Thing*>& others = given[(mine + 1) % kThreads];
    for (Thing* thing : others) alloc.pool_free(thing);
    others.clear();
  });
  const BehaviorReport report = alloc.behavior_report();
  const BehaviorStats* const pool = report.find("jobs", AllocKind::Pool);
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool->total_frees, 1u * kThreads * kFrames * kBlocks);
  EXPECT_EQ(pool->same_frame_frees, pool->total_frees);
  EXPECT_EQ(pool->current_bytes, 0u);
}

TEST_F(BehaviorThreads, AFreeOnAnotherThreadInTheNextFrameIsNot) {
  std::vector<std::vector<Thing*>> given(kThreads);
  std::barrier handed_over(kThreads);
  run_frames(alloc, [&](int thread, int) {
    const auto mine = static_cast<std::size_t>(thread);
    std::vector<Thing*>& others = given[(mine + 1) % kThreads];
    for (Thing* thing : others) alloc.pool_free(thing);
    others.clear();
    handed_over.arrive_and_wait();
    for (int i = 0; i < kBlocks; ++i) given[mine].push_back(alloc.pool_alloc<Thing>());
  });
  const BehaviorReport report = alloc.behavior_report();
  const BehaviorStats* const pool = report.find("jobs", AllocKind::Pool);
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool->same_frame_frees, 0u);
  EXPECT_EQ(pool->avg_lifetime_frames(), 1.0) << "each was there at one frame's end";
  EXPECT_EQ(log.count(Code::FA510), 0u);
  for (const auto& things : given) {
    for (Thing* thing : things) alloc.pool_free(thing);
  }
}

TEST_F(BehaviorThreads, ALongFrameOfAnotherThreadIsSeen) {
  std::barrier step(2);
  std::jthread audio([&] {
    alloc.begin_thread_frame();
    {
      const TagScope tag = alloc.tag_scope("audio");
      (void)alloc.frame_alloc<Thing>();
    }
    step.arrive_and_wait();
    step.arrive_and_wait();
    alloc.end_thread_frame();
  });
  step.arrive_and_wait();
  for (int frame = 0; frame < 120; ++frame) {
    const ScopedFrame open = alloc.scoped_frame();
  }
  const BehaviorReport report = alloc.behavior_report();
  step.arrive_and_wait();
  audio.join();
  ASSERT_EQ(report.issues.size(), 1u);
  EXPECT_EQ(report.issues[0].code, Code::FA501);
  EXPECT_EQ(report.issues[0].tag, "audio");
  EXPECT_EQ(report.issues[0].value, 120);
  EXPECT_EQ(log.count(Code::FA501), 1u);
}

}  // namespace
}  // namespace framealloc
