// SPDX-License-Identifier: MIT OR Apache-2.0
// A limit holds from the moment in which it is set: what threads were charged for ahead of their
// need does not carry them past it.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <cstddef>
#include <thread>

namespace framealloc {
namespace {

using testing::ReportLog;

class LimitSetters : public ::testing::Test {
 protected:
  static AllocConfig config(ReportLog& log) {
    AllocConfig config;
    config.on_report = &ReportLog::handler;
    config.report_context = &log;
    config.enable_budgets = true;
    return config;
  }
  // Takes blocks of 112 bytes until one is denied. Result: bytes.
  std::size_t take_frame_memory() {
    std::size_t bytes = 0;
    while (bytes < kFarTooMuch && alloc.frame_alloc_batch<char>(100) != nullptr) bytes += 112;
    return bytes;
  }
  static constexpr std::size_t kFarTooMuch = std::size_t{1} << 20;

  ReportLog log;
  SmartAlloc alloc{config(log)};
  BudgetManager& budgets = *alloc.budgets();
};

TEST_F(LimitSetters, OfATagHoldForTheNextFrameRequest) {
  alloc.begin_frame();
  const TagScope tag = alloc.tag_scope("fx");
  ASSERT_NE(alloc.frame_alloc_batch<char>(10000), nullptr);
  ASSERT_TRUE(budgets.register_tag_budget("fx", 0, 20000));
  EXPECT_LE(10000 + take_frame_memory(), 20000U);
  ASSERT_TRUE(budgets.register_tag_budget("fx", 0, 5000));
  EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
  ASSERT_TRUE(budgets.register_tag_budget("fx", 0, 30000));
  EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
}

TEST_F(LimitSetters, OfATagHoldForTagsBelowIt) {
  alloc.begin_frame();
  const TagScope outer = alloc.tag_scope("game");
  const TagScope inner = alloc.tag_scope("fx");
  ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
  ASSERT_TRUE(budgets.register_tag_budget("game", 0, 2000));
  EXPECT_LE(take_frame_memory(), 2000U);
}

TEST_F(LimitSetters, OfUntaggedMemoryHold) {
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
  ASSERT_TRUE(budgets.register_tag_budget("", 0, 2000));
  EXPECT_LE(take_frame_memory(), 2000U);
}

TEST_F(LimitSetters, OfTheWholeHold) {
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
  budgets.set_global_budget(0, 30000);
  EXPECT_LE(take_frame_memory(), 30000U);
  EXPECT_LE(budgets.current_usage(), 30000U);
  alloc.end_frame();
  EXPECT_EQ(budgets.current_usage(), 0U);
}

TEST_F(LimitSetters, HoldForAVectorThatGrows) {
  alloc.begin_frame();
  FrameVec<int> vec = alloc.frame_vec<int>();
  ASSERT_TRUE(vec.push_back(1));
  ASSERT_TRUE(budgets.register_tag_budget("", 0, 2000));
  while (vec.size() < kFarTooMuch && vec.push_back(1)) {
  }
  EXPECT_LE(vec.capacity() * sizeof(int), 2000U);
}

TEST_F(LimitSetters, HoldForPoolBlocksThatLieReady) {
  struct Small {
    std::byte bytes[64];
  };
  ASSERT_NE(alloc.pool_alloc<Small>(), nullptr);
  ASSERT_TRUE(budgets.register_tag_budget("", 0, 1000));
  std::size_t held = 64;
  while (held < kFarTooMuch && alloc.pool_alloc<Small>() != nullptr) held += 64;
  EXPECT_LE(held, 1000U);
}

TEST_F(LimitSetters, OfAThreadHoldToo) {
  struct Small {
    std::byte bytes[64];
  };
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
  ASSERT_NE(alloc.pool_alloc<Small>(), nullptr);
  alloc.set_thread_frame_budget(2000);
  EXPECT_LE(take_frame_memory(), 2000U);
  alloc.set_thread_pool_budget(1000);
  std::size_t held = 64;
  while (held < kFarTooMuch && alloc.pool_alloc<Small>() != nullptr) held += 64;
  EXPECT_LE(held, 1000U);
}

TEST_F(LimitSetters, HoldForFramesOfAThreadsOwn) {
  alloc.begin_thread_frame();
  ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
  ASSERT_TRUE(budgets.register_tag_budget("", 0, 2000));
  EXPECT_LE(take_frame_memory(), 2000U);
  alloc.end_thread_frame();
}

TEST_F(LimitSetters, HoldForOtherThreads) {
  std::barrier step(2);
  std::size_t held = 160;
  std::size_t grown = 0;
  alloc.begin_frame();
  std::thread worker([&] {
    const TagScope tag = alloc.tag_scope("w");
    for (int i = 0; i < 10; ++i) (void)alloc.frame_alloc<int>();
    FrameVec<int> vec = alloc.frame_vec<int>();
    (void)vec.push_back(1);
    step.arrive_and_wait();
    step.arrive_and_wait();  // the limit is set
    while (grown < kFarTooMuch && vec.push_back(1)) ++grown;
    while (held < kFarTooMuch && alloc.frame_alloc<int>() != nullptr) held += 16;
    step.arrive_and_wait();
    step.arrive_and_wait();
  });
  step.arrive_and_wait();
  ASSERT_TRUE(budgets.register_tag_budget("w", 0, 1000));
  step.arrive_and_wait();
  step.arrive_and_wait();
  EXPECT_LE(held + grown * sizeof(int), 1000U);
  EXPECT_LE(budgets.get_tag_budget("w")->current_usage, 1000U);
  step.arrive_and_wait();
  alloc.end_frame();
  worker.join();
}

TEST_F(LimitSetters, OfStreamingEvict) {
  StreamingAllocator& streaming = alloc.streaming();
  ASSERT_TRUE(streaming.set_budget(10000));
  const StreamId id = streaming.reserve(8000);
  ASSERT_NE(streaming.begin_load(id), nullptr);
  ASSERT_TRUE(streaming.finish_load(id));
  EXPECT_TRUE(streaming.set_budget(5000));
  EXPECT_LE(streaming.total_reserved(), 5000U);
}

// No limit is asked for: nothing is taken from anybody.
TEST_F(LimitSetters, RecallNothingWhenTheyTakeALimitAway) {
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
  const std::size_t charged = budgets.current_usage();
  ASSERT_TRUE(budgets.register_tag_budget("", 0, 0));
  budgets.set_global_budget(1, 0);
  EXPECT_EQ(budgets.current_usage(), charged);
}

}  // namespace
}  // namespace framealloc
