// SPDX-License-Identifier: MIT OR Apache-2.0
// Bursts beside threads, modes and guard modes.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <thread>

namespace framealloc {
namespace {

using testing::ReportLog;

class Bursts : public ::testing::Test {
 protected:
  ReportLog log;
  AllocConfig config = AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
};

TEST_F(Bursts, OfAWorkerAreClosedWhenTheDriverEndsTheFrame) {
  SmartAlloc alloc(config);
  alloc.begin_frame();
  std::thread([&] {
    FrameBurst burst = alloc.frame_burst();
    EXPECT_NE(burst.alloc<int>(), nullptr);
    EXPECT_GT(burst.remaining(), 1000U);
    alloc.end_frame();  // the main thread waits: there is one driver at a time
    EXPECT_EQ(burst.remaining(), 0U);
    EXPECT_EQ(burst.alloc<int>(), nullptr);
    EXPECT_EQ(log.count(Code::FA001), 1U);
    alloc.begin_frame();
    EXPECT_NE(burst.alloc<int>(), nullptr);
    EXPECT_EQ(alloc.frame_arena().position() - burst.remaining(), 16U) << "of the new frame";
  }).join();
  alloc.end_frame();
}

TEST_F(Bursts, EndedByAnotherThreadGiveNothingBackAndAreReported) {
  SmartAlloc alloc(config);
  alloc.begin_frame();
  std::optional<FrameBurst> burst(alloc.frame_burst());
  (void)burst->alloc<int>();
  std::thread([&] { burst.reset(); }).join();
  EXPECT_EQ(log.count(Code::FA210), 1U);
  alloc.end_frame();
  for (int i = 0; i < 3; ++i) {
    alloc.begin_frame();
    FrameBurst next = alloc.frame_burst();
    EXPECT_NE(next.alloc<int>(), nullptr);
    alloc.end_frame();
  }
}

TEST_F(Bursts, CallsAreCountedOneByOneWhileThatIsOn) {
  SmartAlloc alloc(config);
  alloc.begin_frame();
  FrameBurst burst = alloc.frame_burst();
  (void)burst.alloc<int>();
  alloc.count_frame_allocations(true);
  for (int i = 0; i < 10; ++i) EXPECT_NE(burst.alloc<int>(), nullptr);
  EXPECT_EQ(alloc.frame_stats().allocation_count, 10U);
  alloc.count_frame_allocations(false);
  alloc.end_frame();
}

TEST_F(Bursts, WorkInEveryGuardMode) {
  for (const GuardMode mode : {GuardMode::Off, GuardMode::Poison, GuardMode::Pages}) {
    AllocConfig guarded = config;
    guarded.guard = mode;
    SmartAlloc alloc(guarded);
    for (int frame = 0; frame < 4; ++frame) {
      alloc.begin_frame();
      FrameBurst burst = alloc.frame_burst(4096);
      for (int i = 0; i < 200; ++i) {
        auto* const block = burst.alloc<char[100]>();
        ASSERT_NE(block, nullptr);
        std::memset(block, i, 100);
        if (i % 50 == 0) {
          const FrameScope scope = alloc.frame_scope();
          std::memset(alloc.frame_alloc<char[64]>(), 1, 64);
        }
      }
      // Pages remembers each call, and AddressSanitizer is told of each.
      const bool each_call =
          mode == GuardMode::Pages || (mode != GuardMode::Off && FRAMEALLOC_ASAN);
      EXPECT_EQ(burst.remaining() == 0, each_call);
      alloc.end_frame();
    }
    EXPECT_EQ(log.size(), 0U);
  }
}

TEST_F(Bursts, OfAnAllocatorThatCouldNotBeMadeAnswerNull) {
  SmartAlloc broken(AllocConfig(config).with_frames_in_flight(9));
  log.clear();
  ASSERT_FALSE(broken);
  FrameBurst burst = broken.frame_burst();
  EXPECT_EQ(burst.alloc<int>(), nullptr);
}

TEST_F(Bursts, PhasesCountWhatWasAllocatedAndNoMore) {
  SmartAlloc alloc(config);
  alloc.begin_frame();
  alloc.begin_phase("all in it");
  {
    FrameBurst burst = alloc.frame_burst();
    for (int i = 0; i < 10; ++i) (void)burst.alloc<char[100]>();
  }
  const auto inside = alloc.end_phase();
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->bytes_allocated, 1120U);
  std::optional<FrameBurst> burst(alloc.frame_burst());
  (void)burst->alloc<int>();
  alloc.begin_phase("the rest goes back in it");
  burst.reset();
  const auto after = alloc.end_phase();
  ASSERT_TRUE(after);
  EXPECT_EQ(after->bytes_allocated, 0U);
  alloc.end_frame();
}

}  // namespace
}  // namespace framealloc
