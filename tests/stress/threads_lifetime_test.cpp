// SPDX-License-Identifier: MIT OR Apache-2.0
// Allocators that die while threads that used them end, and threads that come and go during frames.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::ReportLog;

#if FRAMEALLOC_TSAN
constexpr int kRounds = 200;
#else
constexpr int kRounds = 1000;
#endif

TEST(ThreadsLifetime, AllocatorsDieWhileTheirThreadsEnd) {
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  for (int round = 0; round < kRounds; ++round) {
    constexpr int kThreads = 4;
    auto alloc = std::make_unique<SmartAlloc>(
        AllocConfig::minimal().with_upstream(&counting).with_report_handler(&ReportLog::handler,
                                                                            &log));
    alloc->begin_frame();
    std::latch used(kThreads);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        (void)alloc->frame_alloc<int>();
        const TagScope scope = alloc->tag_scope("t");
        alloc->pool_free(alloc->pool_alloc<int>());
        used.count_down();
      });
    }
    used.wait();
    // The threads are done with it, but for their ends, which run now. TagScope's destructor may
    // still be about to run, so the handle goes only when the last of them is past it.
    for (std::thread& thread : threads) thread.join();
    alloc.reset();
  }
  EXPECT_EQ(counting.live_blocks(), 0u);
  EXPECT_EQ(log.size(), 0u);
}

TEST(ThreadsLifetime, ThreadExitRacesTheAllocatorsEnd) {
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  for (int round = 0; round < kRounds; ++round) {
    constexpr int kThreads = 3;
    auto alloc = std::make_unique<SmartAlloc>(
        AllocConfig::minimal().with_upstream(&counting).with_report_handler(&ReportLog::handler,
                                                                            &log));
    SmartAlloc other(AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log));
    alloc->begin_frame();
    std::latch used(kThreads);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        (void)alloc->frame_alloc<int>();
        alloc->pool_free(alloc->pool_alloc<int>());
        other.pool_free(other.pool_alloc<int>());
        used.count_down();
        // Nothing after this touches the allocator; the thread's exit does.
      });
    }
    used.wait();
    alloc.reset();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(other.stats().pool_allocated, 0u);
  }
  EXPECT_EQ(counting.live_blocks(), 0u);
  EXPECT_EQ(log.size(), 0u);
}

TEST(ThreadsLifetime, AllocatorsComeAndGoOnManyThreadsAtOnce) {
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  constexpr int kThreads = 6;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::vector<SmartAlloc> mine;
      for (int round = 0; round < kRounds / 4; ++round) {
        mine.emplace_back(AllocConfig::minimal().with_upstream(&counting).with_report_handler(
            &ReportLog::handler, &log));
        for (SmartAlloc& alloc : mine) {
          alloc.begin_frame();
          auto* block = alloc.frame_alloc<std::uint64_t>();
          ASSERT_NE(block, nullptr);
          *block = static_cast<std::uint64_t>(t);
          ASSERT_EQ(*block, static_cast<std::uint64_t>(t));
          alloc.end_frame();
        }
        // Up to ten each: more at once than the tables have slots.
        if (mine.size() == 10) mine.erase(mine.begin() + t % 5, mine.end() - 2);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counting.live_blocks(), 0u);
  EXPECT_EQ(log.size(), 0u);
}

TEST(ThreadsLifetime, ThreadsComeAndGoDuringFrames) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal().with_frames_in_flight(2).with_report_handler(
      &ReportLog::handler, &log));
  static std::atomic<int> alive;
  struct Noisy {
    Noisy() { ++alive; }
    ~Noisy() { --alive; }
  };
  alive = 0;
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop.load()) {
      (void)alloc.stats();
      (void)alloc.frame_stats();
    }
  });
  for (int frame = 0; frame < kRounds; ++frame) {
    alloc.begin_frame();
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          auto* block = alloc.frame_alloc<unsigned char[300]>();
          ASSERT_NE(block, nullptr);
          std::memset(block, t, 300);
        }
        ASSERT_NE(alloc.frame_new<Noisy>(), nullptr);
        if (t == 0) {
          alloc.begin_thread_frame();
          (void)alloc.frame_new<Noisy>();
          alloc.end_thread_frame();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    alloc.end_frame();
    EXPECT_LE(alive.load(), 2 * (3 + 1) + 3);
  }
  stop = true;
  reader.join();
  alloc = SmartAlloc(AllocConfig::minimal());
  EXPECT_EQ(alive.load(), 0);
  EXPECT_EQ(log.size(), 0u) << log.last().message;
}

}  // namespace
}  // namespace framealloc
