// SPDX-License-Identifier: MIT OR Apache-2.0
#include "thread/block.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace framealloc::literals;
using testing::Block;

class ThreadBudgetTest : public ::testing::Test {
 protected:
  static void take(const Report& report, void* context) {
    static_cast<ThreadBudgetTest*>(context)->reports.push_back(report.code);
  }
  // Result: how many of `count` requests of 1 KiB were met.
  int fill_frame(int count) {
    int met = 0;
    for (int i = 0; i < count; ++i) met += alloc.frame_alloc_layout(1024, 16) != nullptr ? 1 : 0;
    return met;
  }
  int fill_pool(int count) {
    int met = 0;
    for (int i = 0; i < count; ++i) {
      if (Block* const block = alloc.pool_alloc<Block>()) {
        blocks.push_back(block);
        ++met;
      }
    }
    return met;
  }
  void empty_pool() {
    for (Block* block : blocks) alloc.pool_free(block);
    blocks.clear();
  }
  ~ThreadBudgetTest() override { empty_pool(); }

  std::vector<Code> reports;
  std::vector<Block*> blocks;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&take, this)};
};

TEST_F(ThreadBudgetTest, FailDeniesAndTheNextFrameIsWholeAgain) {
  alloc.set_thread_frame_budget(10_KiB);
  for (int frame = 0; frame < 3; ++frame) {
    const ScopedFrame scope = alloc.scoped_frame();
    EXPECT_EQ(fill_frame(12), 10);
    EXPECT_EQ(alloc.thread_budget_stats().frame_used, 10_KiB);
    EXPECT_EQ(alloc.thread_budget_stats().frame_percent(), 100U);
  }
  EXPECT_EQ(reports, std::vector<Code>(6, Code::FA312));
  const ThreadBudgetStats stats = alloc.thread_budget_stats();
  EXPECT_EQ(stats.frame_used, 0U);
  EXPECT_EQ(stats.frame_peak, 10_KiB);
  EXPECT_EQ(stats.exceeded_count, 6U);
  EXPECT_EQ(stats.denied, 6U);
}

TEST_F(ThreadBudgetTest, HoldsAtOnceAndCanBeTakenAway) {
  const ScopedFrame scope = alloc.scoped_frame();
  EXPECT_EQ(fill_frame(20), 20);
  alloc.set_thread_frame_budget(24_KiB);
  EXPECT_EQ(fill_frame(20), 4);
  alloc.set_thread_frame_budget(0);
  EXPECT_EQ(fill_frame(20), 20);
}

TEST_F(ThreadBudgetTest, WhatARollbackFreesCanBeHadAgain) {
  alloc.set_thread_frame_budget(10_KiB);
  const ScopedFrame scope = alloc.scoped_frame();
  for (int i = 0; i < 3; ++i) {
    const FrameScope inner = alloc.frame_scope();
    EXPECT_EQ(fill_frame(11), 10);
  }
}

TEST_F(ThreadBudgetTest, WarnReportsOncePerFrameAndMeetsTheRequest) {
  alloc.set_thread_frame_budget(10_KiB, BudgetExceededPolicy::Warn);
  for (int frame = 1; frame <= 2; ++frame) {
    const ScopedFrame scope = alloc.scoped_frame();
    EXPECT_EQ(fill_frame(20), 20);
    EXPECT_EQ(reports, std::vector<Code>(static_cast<std::size_t>(frame), Code::FA312));
  }
  EXPECT_EQ(alloc.thread_budget_stats().warnings, 2U);
  EXPECT_EQ(alloc.thread_budget_stats().denied, 0U);
}

TEST_F(ThreadBudgetTest, AllowOnlyCounts) {
  alloc.set_thread_frame_budget(10_KiB, BudgetExceededPolicy::Allow);
  const ScopedFrame scope = alloc.scoped_frame();
  EXPECT_EQ(fill_frame(20), 20);
  EXPECT_TRUE(reports.empty());
  EXPECT_EQ(alloc.thread_budget_stats().exceeded_count, 1U);
}

TEST_F(ThreadBudgetTest, PromoteTakesTheRestFromTheHeapUntilTheFrameEnds) {
  alloc.set_thread_frame_budget(10_KiB, BudgetExceededPolicy::Promote);
  alloc.begin_frame();
  EXPECT_EQ(fill_frame(20), 20);
  EXPECT_EQ(alloc.thread_budget_stats().frame_used, 10_KiB);
  EXPECT_EQ(alloc.thread_budget_stats().promoted, 10U);
  EXPECT_EQ(alloc.frame_stats().fallback_bytes, 10_KiB);
  alloc.end_frame();
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  EXPECT_TRUE(reports.empty());
}

TEST_F(ThreadBudgetTest, CustomAsksTheHandlerWhichMayAllocateItself) {
  std::vector<ThreadBudgetEvent> events;
  ASSERT_TRUE(alloc.on_budget_exceeded([&](const ThreadBudgetEvent& event) {
    events.push_back(event);
    EXPECT_NE(alloc.frame_alloc_layout(16, 16), nullptr) << "the handler is not asked about itself";
    if (events.size() == 1) return BudgetDecision::Allow;
    return events.size() == 2 ? BudgetDecision::Promote : BudgetDecision::Deny;
  }));
  alloc.set_thread_frame_budget(10_KiB, BudgetExceededPolicy::Custom);
  const ScopedFrame scope = alloc.scoped_frame();
  EXPECT_EQ(fill_frame(10), 10);
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(fill_frame(4), 2);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].thread, os::current_thread_id());
  EXPECT_EQ(events[0].kind, AllocKind::Frame);
  EXPECT_EQ(events[0].requested, 1024U);
  EXPECT_EQ(events[0].used, 10_KiB);
  EXPECT_EQ(events[0].budget, 10_KiB);
  EXPECT_EQ(reports, std::vector<Code>(2, Code::FA312));
}

TEST_F(ThreadBudgetTest, TheBudgetIsOfOneThread) {
  alloc.set_thread_frame_budget(10_KiB);
  alloc.set_thread_pool_budget(1_KiB);
  alloc.begin_frame();
  std::thread([&] {
    EXPECT_EQ(fill_frame(100), 100);
    EXPECT_EQ(fill_pool(100), 100);
    empty_pool();
    alloc.set_thread_frame_budget(1_KiB);
    alloc.set_thread_pool_budget(1_KiB);
  }).join();
  // The next thread takes the state over, and none of the budgets.
  std::thread([&] {
    EXPECT_EQ(fill_frame(100), 100);
    EXPECT_EQ(fill_pool(100), 100);
    EXPECT_EQ(alloc.thread_budget_stats().frame_budget, 0U);
    empty_pool();
  }).join();
  EXPECT_EQ(fill_frame(12), 10);
  alloc.end_frame();
}

TEST_F(ThreadBudgetTest, ThePoolsBudgetCountsWhatIsInUse) {
  alloc.set_thread_pool_budget(10 * sizeof(Block));
  EXPECT_EQ(fill_pool(12), 10);
  EXPECT_EQ(alloc.thread_budget_stats().pool_used, 10 * sizeof(Block));
  EXPECT_EQ(reports, std::vector<Code>(2, Code::FA312));
  alloc.pool_free(blocks.back());
  blocks.pop_back();
  EXPECT_EQ(fill_pool(3), 1);
  // Blocks of another size count too, and what is ready for others gives way.
  empty_pool();
  auto* const large = alloc.pool_alloc<std::byte[512]>();
  EXPECT_NE(large, nullptr);
  EXPECT_EQ(fill_pool(12), 2);
  alloc.pool_free(large);
}

TEST_F(ThreadBudgetTest, BlocksThatOthersFreeComeBackToTheBudget) {
  alloc.set_thread_pool_budget(64 * sizeof(Block));
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(fill_pool(64), 64) << round;
    std::thread([&] { empty_pool(); }).join();
  }
  EXPECT_TRUE(reports.empty());
}

TEST_F(ThreadBudgetTest, AThreadThatAdoptsPagesAnswersForThem) {
  std::thread([&] { fill_pool(100); }).join();
  alloc.set_thread_pool_budget(1_MiB);
  Block* const mine = alloc.pool_alloc<Block>();  // adopts the pages of the thread that ended
  EXPECT_EQ(alloc.thread_budget_stats().pool_used, 101 * sizeof(Block));
  empty_pool();
  alloc.pool_free(mine);
  EXPECT_EQ(alloc.thread_budget_stats().pool_used, 0U);
}

TEST_F(ThreadBudgetTest, WarnForThePoolReportsOncePerRise) {
  alloc.set_thread_pool_budget(10 * sizeof(Block), BudgetExceededPolicy::Warn);
  EXPECT_EQ(fill_pool(500), 500);
  EXPECT_EQ(reports, std::vector<Code>{Code::FA312});
}

TEST_F(ThreadBudgetTest, ALargeRequestMustFitByItself) {
  alloc.set_thread_pool_budget(64_KiB);
  EXPECT_EQ(alloc.pool_alloc<std::byte[100000]>(), nullptr);
  EXPECT_EQ(reports, std::vector<Code>{Code::FA312});
}

TEST_F(ThreadBudgetTest, AThreadsOwnFramesHaveTheBudgetToo) {
  alloc.set_thread_frame_budget(10_KiB);
  for (int frame = 0; frame < 2; ++frame) {
    alloc.begin_thread_frame();
    EXPECT_EQ(fill_frame(12), 10);
    alloc.end_thread_frame();
  }
}

TEST(ThreadBudgetConfigTest, Presets) {
  const ThreadBudgetConfig strict = ThreadBudgetConfig::strict(2, 3);
  EXPECT_EQ(strict.frame_budget, 2_MiB);
  EXPECT_EQ(strict.pool_budget, 3_MiB);
  EXPECT_EQ(strict.frame_exceeded_policy, BudgetExceededPolicy::Fail);
  EXPECT_EQ(strict.warning_threshold, 90U);
  EXPECT_EQ(ThreadBudgetConfig::relaxed().pool_exceeded_policy, BudgetExceededPolicy::Allow);
  EXPECT_EQ(ThreadBudgetConfig().frame_exceeded_policy, BudgetExceededPolicy::Warn);
}

}  // namespace
}  // namespace framealloc
