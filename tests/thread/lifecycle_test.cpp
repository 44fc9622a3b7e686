// SPDX-License-Identifier: MIT OR Apache-2.0
// Figures of threads.
#include "support/report_log.hpp"
#include "thread/block.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::Block;

TEST(ThreadFrameStats, CountWhatTheThreadDid) {
  testing::ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler(&testing::ReportLog::handler, &log));
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  alloc.set_thread_name("main");
  for (int frame = 0; frame < 5; ++frame) {
    alloc.begin_frame();
    {
      const FrameScope scope = alloc.frame_scope();
      ASSERT_NE(alloc.frame_alloc_batch<Block>(3), nullptr);
    }
    Block* const block = alloc.pool_alloc<Block>();
    alloc.pool_free(block);
    alloc.end_frame();
  }
  alloc.begin_frame();
  const ThreadFrameStats open = alloc.thread_frame_stats(os::current_thread_id());
  EXPECT_EQ(open.name, "main");
  EXPECT_EQ(open.frames_started, 6u);
  EXPECT_EQ(open.frames_completed, 5u);
  EXPECT_EQ(open.current_frame, 6u);
  EXPECT_EQ(open.total_allocated, 5 * 4 * sizeof(Block));
  EXPECT_EQ(open.peak_memory, 3 * sizeof(Block));
  EXPECT_EQ(open.allocation_count, 5u);
  EXPECT_EQ(open.deallocation_count, 5u);
  EXPECT_EQ(open.cross_thread_frees, 0u);
  alloc.end_frame();
  EXPECT_EQ(alloc.thread_frame_stats(os::current_thread_id()).frames_completed, 6u);
  EXPECT_EQ(log.count(Code::FA211), 0u);
  EXPECT_EQ(alloc.thread_frame_stats(ThreadId{999999}).frames_started, 0u);
  EXPECT_EQ(log.count(Code::FA211), 1u);
}

TEST(ThreadFrameStats, BeginWhenTrackingDoes) {
  SmartAlloc alloc(AllocConfig::minimal());
  for (int frame = 0; frame < 20; ++frame) {
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc<Block>(), nullptr);
    ASSERT_NE(alloc.pool_alloc<Block>(), nullptr);
    alloc.end_frame();
  }
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  const ThreadFrameStats before = alloc.thread_frame_stats(os::current_thread_id());
  EXPECT_EQ(before.total_allocated, 0u);
  EXPECT_EQ(before.allocation_count, 0u);
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc<Block>(), nullptr);
  alloc.end_frame();
  const ThreadFrameStats after = alloc.thread_frame_stats(os::current_thread_id());
  EXPECT_EQ(after.total_allocated, sizeof(Block));
  EXPECT_EQ(after.frames_started, 1u);
  EXPECT_EQ(after.frames_completed, 1u);
  EXPECT_EQ(after.peak_memory, sizeof(Block));
}

TEST(ThreadFrameStats, AWorkerCountsTheFramesThatItAllocatedIn) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  std::barrier<> step(2);
  ThreadId worker_id;
  std::thread worker([&] {
    worker_id = os::current_thread_id();
    for (int frame = 0; frame < 6; ++frame) {
      step.arrive_and_wait();
      if (frame % 2 == 0) {
        EXPECT_NE(alloc.frame_alloc<Block>(), nullptr);
      }
      step.arrive_and_wait();
    }
    alloc.begin_thread_frame();
    EXPECT_NE(alloc.frame_alloc_batch<Block>(10), nullptr);
    alloc.end_thread_frame();
  });
  for (int frame = 0; frame < 6; ++frame) {
    alloc.begin_frame();
    step.arrive_and_wait();
    step.arrive_and_wait();
    alloc.end_frame();
  }
  worker.join();
  const ThreadFrameStats stats = alloc.thread_frame_stats(worker_id);
  EXPECT_EQ(stats.frames_started, 4u);
  EXPECT_EQ(stats.frames_completed, 4u);
  EXPECT_EQ(stats.total_allocated, 13 * sizeof(Block));
  EXPECT_EQ(stats.peak_memory, 10 * sizeof(Block));
  EXPECT_EQ(alloc.all_thread_frame_stats().size(), 2u);
}

TEST(ThreadFrameStats, AThreadThatTakesAnothersPlaceBeginsAtZero) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  for (int i = 0; i < 3; ++i) {
    std::thread([&] {
      Block* const block = alloc.pool_alloc<Block>();
      alloc.pool_free(block);
      const ThreadFrameStats stats = alloc.thread_frame_stats(os::current_thread_id());
      EXPECT_EQ(stats.allocation_count, 1u);
      EXPECT_EQ(stats.total_allocated, sizeof(Block));
    }).join();
  }
  EXPECT_EQ(alloc.all_thread_frame_stats().size(), 1u);
}

TEST(Lifecycle, ABarrierThatGoesLeavesTrackingOn) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  {
    FrameBarrier barrier(1);
    alloc.set_frame_barrier(&barrier);
    alloc.set_frame_barrier(nullptr);
  }
  for (int frame = 0; frame < 4; ++frame) {
    alloc.begin_frame();
    alloc.end_frame();
  }
  EXPECT_EQ(alloc.frame_history().size(), 4u);
}

}  // namespace
}  // namespace framealloc
