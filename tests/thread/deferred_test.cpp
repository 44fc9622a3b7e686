// SPDX-License-Identifier: MIT OR Apache-2.0
#include "thread/block.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::Block;

class DeferredTest : public ::testing::Test {
 protected:
  static void take(const Report& report, void* context) {
    static_cast<DeferredTest*>(context)->codes_.fetch_add(report.code == Code::FA204 ? 1 : 1000);
  }
  std::vector<Block*> make(std::size_t count) {
    std::vector<Block*> blocks(count);
    for (Block*& block : blocks) block = alloc.pool_alloc<Block>();
    return blocks;
  }
  // Frees on a thread of its own, which sends all before it ends.
  void free_elsewhere(const std::vector<Block*>& blocks) {
    std::thread([&] {
      alloc.pool_free(alloc.pool_alloc<Block>());  // one that allocated collects batches
      for (Block* block : blocks) alloc.pool_free(block);
    }).join();
  }
  std::uint64_t waiting() { return alloc.deferred_stats().current_depth; }
  void frame() {
    alloc.begin_frame();
    alloc.end_frame();
  }

  std::atomic<int> codes_{0};
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&take, this)};
};

TEST_F(DeferredTest, CountsWhatIsQueuedAndTakenBack) {
  free_elsewhere(make(100));
  DeferredStats stats = alloc.deferred_stats();
  EXPECT_EQ(stats.total_queued, 100U);
  EXPECT_EQ(stats.total_processed, 0U);
  EXPECT_EQ(stats.current_depth, 100U);
  EXPECT_EQ(stats.peak_depth, 100U);
  EXPECT_EQ(stats.queued_bytes, 100 * sizeof(Block));
  EXPECT_EQ(alloc.process_deferred_frees(30), 30U);
  EXPECT_EQ(waiting(), 70U);
  EXPECT_EQ(alloc.process_deferred_frees(SIZE_MAX), 70U);
  EXPECT_EQ(alloc.process_deferred_frees(SIZE_MAX), 0U);
  stats = alloc.deferred_stats();
  EXPECT_EQ(stats.total_processed, 100U);
  EXPECT_EQ(stats.queued_bytes, 0U);
  EXPECT_EQ(stats.peak_depth, 100U);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST_F(DeferredTest, AtFrameBeginTakesBackWhenAFrameBegins) {
  alloc.configure_deferred(DeferredConfig{});
  alloc.begin_frame();
  free_elsewhere(make(100));
  alloc.end_frame();
  EXPECT_EQ(waiting(), 100U);
  alloc.begin_frame();
  EXPECT_EQ(waiting(), 0U);
  alloc.end_frame();
}

TEST_F(DeferredTest, AtFrameEndTakesBackWhenAFrameEnds) {
  alloc.configure_deferred(DeferredConfig().with_mode(DeferredProcessing::AtFrameEnd));
  free_elsewhere(make(100));
  alloc.begin_frame();
  EXPECT_EQ(waiting(), 100U);
  alloc.end_frame();
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(DeferredTest, IncrementalTakesBackAFewAtATime) {
  alloc.configure_deferred(DeferredConfig::incremental(10));
  free_elsewhere(make(100));
  alloc.begin_frame();
  EXPECT_EQ(waiting(), 90U);
  alloc.end_frame();
  EXPECT_EQ(waiting(), 80U);
  // A list that runs dry takes back before it takes new memory.
  const std::size_t reserved = alloc.stats().reserved;
  const auto again = make(100);
  EXPECT_EQ(alloc.stats().reserved, reserved);
  for (Block* block : again) alloc.pool_free(block);
}

// What waits may be more than any frame should pay for.
TEST_F(DeferredTest, AFloodIsNotPaidForByOneAllocation) {
  struct Other {
    std::byte bytes[300];
  };
  for (const DeferredConfig& config : {DeferredConfig{}, DeferredConfig::incremental(10)}) {
    alloc.configure_deferred(config);
    free_elsewhere(make(20000));
    EXPECT_EQ(waiting(), 20000U);
    // A list that has what it needs takes no more.
    Block* const same = alloc.pool_alloc<Block>();
    EXPECT_GE(waiting(), 20000U - 256U);
    // One that finds nothing for itself takes what a boundary may.
    const std::size_t before = waiting();
    Other* const other = alloc.pool_alloc<Other>();
    EXPECT_EQ(waiting(), before - 4096U);
    alloc.pool_free(same);
    alloc.pool_free(other);
    (void)alloc.process_deferred_frees(SIZE_MAX);
    (void)alloc.trim();
  }
}

TEST_F(DeferredTest, ExplicitTakesBackOnlyWhenTold) {
  alloc.configure_deferred(DeferredConfig::explicit_only());
  free_elsewhere(make(5000));
  for (int i = 0; i < 20; ++i) frame();
  const auto more = make(5000);
  EXPECT_EQ(waiting(), 5000U);
  EXPECT_EQ(alloc.process_deferred_frees(SIZE_MAX), 5000U);
  EXPECT_EQ(waiting(), 0U);
  for (Block* block : more) alloc.pool_free(block);
}

TEST_F(DeferredTest, AWorkersBoundaryIsItsFirstAllocationInAFrame) {
  alloc.configure_deferred(DeferredConfig{});
  std::vector<Block*> blocks;
  std::atomic<int> step{0};
  std::thread worker([&] {
    blocks = make(50);
    step.store(1);
    step.notify_all();
    step.wait(1);
    (void)alloc.frame_alloc<int>();
    EXPECT_EQ(waiting(), 0U);
  });
  step.wait(0);
  for (Block* block : blocks) alloc.pool_free(block);
  EXPECT_EQ(alloc.process_deferred_frees(0), 0U) << "nothing is taken back, but all is sent";
  EXPECT_EQ(waiting(), 50U);
  alloc.begin_frame();
  EXPECT_EQ(waiting(), 50U) << "another thread's frees are not this thread's business";
  step.store(2);
  step.notify_all();
  worker.join();
  alloc.end_frame();
}

TEST_F(DeferredTest, AThreadThatEndsLeavesNothingQueued) {
  std::vector<Block*> blocks;
  std::thread([&] { blocks = make(100); }).join();
  for (Block* block : blocks) alloc.pool_free(block);
  alloc.process_deferred_frees(SIZE_MAX);
  EXPECT_EQ(waiting(), 0U);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST_F(DeferredTest, ProcessImmediatelyHasTheOwnerTakeAllAtItsNextChance) {
  DeferredConfig config = DeferredConfig::bounded(40).with_mode(DeferredProcessing::Explicit);
  EXPECT_EQ(config.full_policy, QueueFullPolicy::ProcessImmediately);
  EXPECT_EQ(config.warning_threshold, 32U);
  alloc.configure_deferred(config.with_warning_threshold(0));
  free_elsewhere(make(100));
  EXPECT_EQ(waiting(), 100U);
  EXPECT_GT(alloc.deferred_stats().full_count, 0U);
  alloc.begin_frame();
  EXPECT_EQ(waiting(), 0U);
  alloc.end_frame();
  EXPECT_EQ(alloc.deferred_stats().immediate_process_count, 100U);
  EXPECT_EQ(codes_.load(), 0);
}

TEST_F(DeferredTest, FailReportsAndLosesNothing) {
  alloc.configure_deferred(DeferredConfig::bounded(40)
                               .with_full_policy(QueueFullPolicy::Fail)
                               .with_warning_threshold(0));
  free_elsewhere(make(100));
  const DeferredStats stats = alloc.deferred_stats();
  EXPECT_EQ(stats.total_queued, 100U);
  EXPECT_EQ(stats.full_count, 12U) << "20 batches of 5 blocks, of which 8 fit";
  EXPECT_EQ(codes_.load(), 12);
  EXPECT_EQ(alloc.process_deferred_frees(SIZE_MAX), 100U);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST_F(DeferredTest, GrowSaysNothing) {
  alloc.configure_deferred(DeferredConfig().with_capacity(40));
  free_elsewhere(make(100));
  EXPECT_EQ(waiting(), 100U);
  EXPECT_EQ(alloc.deferred_stats().full_count, 12U);
  EXPECT_EQ(codes_.load(), 0);
}

TEST_F(DeferredTest, BlockKeepsTheBoundWhileTheOwnerDrains) {
  DeferredConfig config =
      DeferredConfig().with_capacity(40).with_full_policy(QueueFullPolicy::Block);
  config.block_timeout_ns = 5'000'000'000;
  alloc.configure_deferred(config);
  const auto blocks = make(2000);
  std::atomic<bool> done{false};
  std::thread other([&] {
    alloc.pool_free(alloc.pool_alloc<Block>());
    for (Block* block : blocks) alloc.pool_free(block);
    alloc.process_deferred_frees(0);
    done.store(true);
  });
  while (!done.load()) {
    alloc.process_deferred_frees(SIZE_MAX);
    std::this_thread::yield();
  }
  other.join();
  alloc.process_deferred_frees(SIZE_MAX);
  const DeferredStats stats = alloc.deferred_stats();
  EXPECT_EQ(stats.total_processed, 2000U);
  EXPECT_LE(stats.peak_depth, 40U);
  EXPECT_EQ(stats.block_timeouts, 0U);
}

// The owner waits for the very thread that frees: the wait is bounded, so nobody hangs.
TEST_F(DeferredTest, BlockDoesNotWaitForEver) {
  DeferredConfig config =
      DeferredConfig().with_capacity(40).with_full_policy(QueueFullPolicy::Block);
  config.block_timeout_ns = 100'000;
  alloc.configure_deferred(config);
  free_elsewhere(make(100));
  EXPECT_EQ(waiting(), 100U);
  EXPECT_EQ(alloc.deferred_stats().block_timeouts, 12U);
  EXPECT_EQ(codes_.load(), 12);
}

TEST_F(DeferredTest, ThreadsThatNeverAllocatedKeepToTheBoundToo) {
  alloc.configure_deferred(
      DeferredConfig().with_capacity(40).with_full_policy(QueueFullPolicy::Fail));
  const auto blocks = make(100);
  std::thread([&] {
    for (Block* block : blocks) alloc.pool_free(block);
  }).join();
  // Batches of five: eight of them fit.
  EXPECT_EQ(alloc.deferred_stats().full_count, 12U);
  EXPECT_EQ(codes_.load(), 12);
  EXPECT_EQ(alloc.process_deferred_frees(SIZE_MAX), 100U);
}

TEST_F(DeferredTest, AWarningIsGivenOncePerRise) {
  alloc.configure_deferred(DeferredConfig().with_warning_threshold(100));
  for (int rise = 1; rise <= 2; ++rise) {
    free_elsewhere(make(300));
    EXPECT_EQ(alloc.deferred_stats().warning_count, static_cast<unsigned>(rise));
    EXPECT_EQ(codes_.load(), rise);
    alloc.process_deferred_frees(SIZE_MAX);
  }
}

}  // namespace
}  // namespace framealloc
