// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads in the shared frame: attached by their first call, rotated by their next one, closed by
// the driver's end; and threads with frames of their own.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <cstring>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

AllocConfig small(ReportLog& log) {
  return AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
}

TEST(Workers, AreAttachedByTheirFirstAllocation) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  EXPECT_EQ(alloc.stats().attached_threads, 1u);
  std::barrier step(2);
  std::thread worker([&] {
    step.arrive_and_wait();  // exists, but has not allocated
    step.arrive_and_wait();
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
    step.arrive_and_wait();
    step.arrive_and_wait();
  });
  step.arrive_and_wait();
  EXPECT_EQ(alloc.stats().attached_threads, 1u);
  step.arrive_and_wait();
  step.arrive_and_wait();
  EXPECT_EQ(alloc.stats().attached_threads, 2u);
  EXPECT_EQ(alloc.stats().frame_allocated, 16u);
  step.arrive_and_wait();
  worker.join();
  EXPECT_EQ(alloc.stats().attached_threads, 1u);
}

TEST(Workers, MemoryIsValidUntilTheDriverEndsTheFrameAndNotGivenAfter) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  constexpr int kWorkers = 4;
  constexpr int kFrames = 50;
  std::vector<std::vector<unsigned char*>> blocks(kWorkers);
  std::barrier step(kWorkers + 1);
  std::vector<std::thread> threads;
  for (int w = 0; w < kWorkers; ++w) {
    threads.emplace_back([&, w] {
      auto& mine = blocks[static_cast<std::size_t>(w)];
      for (int frame = 0; frame < kFrames; ++frame) {
        step.arrive_and_wait();  // the frame is open
        mine.clear();
        for (int i = 0; i < 100; ++i) {
          auto* block = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[200]>());
          ASSERT_NE(block, nullptr);
          std::memset(block, frame * 5 + w, 200);
          mine.push_back(block);
        }
        step.arrive_and_wait();  // the driver looks at them
        step.arrive_and_wait();  // the frame is over
        EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
        step.arrive_and_wait();
      }
    });
  }
  for (int frame = 0; frame < kFrames; ++frame) {
    alloc.begin_frame();
    step.arrive_and_wait();
    step.arrive_and_wait();
    for (int w = 0; w < kWorkers; ++w) {
      for (const unsigned char* block : blocks[static_cast<std::size_t>(w)]) {
        ASSERT_EQ(block[0], static_cast<unsigned char>(frame * 5 + w));
        ASSERT_EQ(block[199], static_cast<unsigned char>(frame * 5 + w));
      }
    }
    EXPECT_EQ(alloc.stats().frame_allocated, kWorkers * 100u * 208);
    EXPECT_EQ(alloc.frame_stats().bytes_allocated, kWorkers * 100u * 208);
    alloc.end_frame();
    EXPECT_EQ(alloc.stats().frame_allocated, 0u);
    step.arrive_and_wait();
    step.arrive_and_wait();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log.count(Code::FA001), static_cast<std::size_t>(kWorkers) * kFrames);
  EXPECT_EQ(log.size(), static_cast<std::size_t>(kWorkers) * kFrames);
}

TEST(Workers, FramesInFlightHoldForThemToo) {
  ReportLog log;
  constexpr unsigned k = 3;
  SmartAlloc alloc(small(log).with_frames_in_flight(k));
  std::vector<unsigned char*> blocks;
  std::barrier step(2);
  std::thread worker([&] {
    for (unsigned frame = 0; frame < 20; ++frame) {
      step.arrive_and_wait();
      // Skips every fourth frame: what it holds from before must live on all the same.
      unsigned char* block = nullptr;
      if (frame % 4 != 3) {
        block = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[3000]>());
        std::memset(block, static_cast<int>(frame), 3000);
      }
      blocks.push_back(block);
      step.arrive_and_wait();
    }
  });
  for (unsigned frame = 0; frame < 20; ++frame) {
    alloc.begin_frame();
    step.arrive_and_wait();
    step.arrive_and_wait();
    for (unsigned back = 0; back < k && back <= frame; ++back) {
      const unsigned char* block = blocks[frame - back];
      if (block == nullptr) continue;
      for (int i = 0; i < 3000; i += 7) ASSERT_EQ(block[i], frame - back);
    }
    alloc.end_frame();
  }
  worker.join();
}

TEST(Workers, TheirDestructorsRunAtTheDriversEndOnTheDriver) {
  static std::thread::id ran_on;
  static int ran;
  struct Noisy {
    ~Noisy() {
      ran_on = std::this_thread::get_id();
      ++ran;
    }
  };
  ran = 0;
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  std::thread([&] {
    for (int i = 0; i < 3; ++i) ASSERT_NE(alloc.frame_new<Noisy>(), nullptr);
  }).join();
  EXPECT_EQ(ran, 0) << "the thread's end is not the frame's end";
  alloc.end_frame();
  EXPECT_EQ(ran, 3);
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Workers, WhatAnEndedThreadAllocatedServesTheOthersInTheFrame) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  for (int frame = 0; frame < 10; ++frame) {
    alloc.begin_frame();
    std::vector<unsigned char*> blocks;
    for (int t = 0; t < 8; ++t) {
      std::thread([&, t] {
        for (int i = 0; i < 50; ++i) {
          auto* block = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[1000]>());
          ASSERT_NE(block, nullptr);
          std::memset(block, t * 16 + i % 16, 1000);
          blocks.push_back(block);
        }
      }).join();
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto expected = static_cast<unsigned char>(i / 50 * 16 + i % 50 % 16);
      for (const int at : {0, 500, 999}) ASSERT_EQ(blocks[i][at], expected);
    }
    EXPECT_EQ(alloc.stats().frame_allocated, 400u * 1008);
    alloc.end_frame();
  }
}

TEST(Workers, TheDriverMayChange) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  const auto frame_on_thread = [&alloc](int id) {
    std::thread([&alloc, id] {
      alloc.begin_frame();
      auto* block = alloc.frame_alloc<char[100]>();
      ASSERT_NE(block, nullptr);
      std::memset(block, id, 100);
      alloc.end_frame();
    }).join();
  };
  for (int i = 0; i < 5; ++i) frame_on_thread(i);
  // Begun on one thread, ended on another.
  alloc.begin_frame();
  auto* block = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[100]>());
  std::memset(block, 0x33, 100);
  std::thread([&] {
    EXPECT_EQ(block[99], 0x33);
    ASSERT_NE(alloc.frame_alloc<char[64]>(), nullptr);
    alloc.end_frame();
  }).join();
  EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
  alloc.begin_frame();
  EXPECT_EQ(alloc.frame_number(), 7u);
  EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
  EXPECT_EQ(log.count(Code::FA004), 0u);
}

TEST(ThreadFrames, KeepTheirOwnCadence) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  auto* shared = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[64]>());
  std::memset(shared, 1, 64);
  alloc.begin_thread_frame();
  auto* own = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[64]>());
  ASSERT_NE(own, nullptr);
  std::memset(own, 2, 64);
  // The shared frame ends; the own one does not notice.
  alloc.end_frame();
  EXPECT_TRUE(alloc.in_frame());
  for (int i = 0; i < 5; ++i) {
    alloc.begin_frame();
    alloc.end_frame();
  }
  auto* more = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[64]>());
  ASSERT_NE(more, nullptr);
  for (int i = 0; i < 64; ++i) ASSERT_EQ(own[i], 2);
  alloc.end_thread_frame();
  EXPECT_FALSE(alloc.in_frame());
  EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
  EXPECT_EQ(log.count(Code::FA004), 0u);
}

TEST(ThreadFrames, EndWhileTheSharedFrameGoesOn) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  auto* shared = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[4000]>());
  std::memset(shared, 0x66, 4000);
  std::thread([&] {
    for (int i = 0; i < 20; ++i) {
      alloc.begin_thread_frame();
      for (int k = 0; k < 50; ++k) std::memset(alloc.frame_alloc<char[500]>(), 0, 500);
      alloc.end_thread_frame();
    }
    // Back in the shared frame.
    EXPECT_NE(alloc.frame_alloc<char[160]>(), nullptr);
  }).join();
  for (int i = 0; i < 4000; ++i) ASSERT_EQ(shared[i], 0x66);
  EXPECT_EQ(alloc.stats().frame_allocated, 4000u + 160);
}

TEST(ThreadFrames, UnbalancedCallsAreReported) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.end_thread_frame();
  EXPECT_EQ(log.count(Code::FA004), 1u);
  alloc.begin_thread_frame();
  auto* kept = alloc.frame_alloc<std::uint64_t>();
  *kept = 3;
  alloc.begin_thread_frame();
  EXPECT_EQ(log.count(Code::FA004), 2u);
  EXPECT_NE(alloc.frame_alloc<std::uint64_t>(), kept);
  EXPECT_EQ(*kept, 3u);
  alloc.end_thread_frame();
  alloc.end_thread_frame();
  EXPECT_EQ(log.count(Code::FA004), 3u);
}

TEST(ThreadFrames, AreInFlightAsManyAsConfigured) {
  ReportLog log;
  SmartAlloc alloc(small(log).with_frames_in_flight(3));
  std::vector<unsigned char*> blocks;
  for (unsigned n = 0; n < 12; ++n) {
    alloc.begin_thread_frame();
    blocks.push_back(reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[5000]>()));
    std::memset(blocks.back(), static_cast<int>(n), 5000);
    for (unsigned back = 0; back < 3 && back <= n; ++back) {
      for (int i = 0; i < 5000; i += 99) ASSERT_EQ(blocks[n - back][i], n - back);
    }
    alloc.end_thread_frame();
  }
}

TEST(ThreadFrames, OneLeftOpenByAThreadThatEndsIsReportedAndEnded) {
  static int destroyed;
  struct Noisy {
    ~Noisy() { ++destroyed; }
  };
  destroyed = 0;
  ReportLog log;
  SmartAlloc alloc(small(log));
  std::thread([&] {
    alloc.begin_thread_frame();
    (void)alloc.frame_new<Noisy>();
  }).join();
  EXPECT_EQ(log.count(Code::FA004), 1u);
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(alloc.stats().frame_allocated, 0u);
}

}  // namespace
}  // namespace framealloc
