// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/frame_barrier.hpp>
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

struct Reports {
  std::vector<Code> codes;
  std::vector<std::string> messages;
  static void take(const Report& report, void* context) {
    auto& self = *static_cast<Reports*>(context);
    self.codes.push_back(report.code);
    self.messages.emplace_back(report.message);
  }
  AllocConfig config() { return AllocConfig::minimal().with_report_handler(&take, this); }
};

TEST(FrameBarrier, IsCompleteWhenAllHaveArrived) {
  FrameBarrier barrier(2);
  EXPECT_EQ(barrier.thread_count(), 2U);
  EXPECT_FALSE(barrier.is_complete());
  barrier.signal_frame_complete();
  EXPECT_EQ(barrier.arrived_count(), 1U);
  EXPECT_FALSE(barrier.is_complete());
  barrier.signal_frame_complete();
  EXPECT_TRUE(barrier.is_complete());
  EXPECT_EQ(barrier.generation(), 1U);
  barrier.wait_all();
  EXPECT_FALSE(barrier.is_complete());
}

TEST(FrameBarrier, ServesFrameAfterFrame) {
  FrameBarrier barrier(2);
  for (unsigned frame = 1; frame <= 100; ++frame) {
    barrier.signal_frame_complete();
    barrier.signal_frame_complete();
    barrier.wait_all();
    ASSERT_EQ(barrier.generation(), frame);
    ASSERT_EQ(barrier.arrived_count(), 0U);
  }
  EXPECT_EQ(barrier.stats().surplus_arrivals, 0U);
}

TEST(FrameBarrier, CountsNoArrivalBeyondItsParticipants) {
  Reports reports;
  SmartAlloc alloc(reports.config());
  FrameBarrier barrier(2);
  alloc.set_frame_barrier(&barrier);
  for (int i = 0; i < 3; ++i) barrier.signal_frame_complete();
  EXPECT_EQ(barrier.arrived_count(), 2U);
  EXPECT_EQ(barrier.stats().surplus_arrivals, 1U);
  ASSERT_EQ(reports.codes, std::vector<Code>{Code::FA209});
  barrier.wait_all();
  EXPECT_EQ(barrier.arrived_count(), 0U) << "the surplus arrival leaked into the next phase";
}

// A thread that is late for its wait finds arrivals of the next frame already there.
TEST(FrameBarrier, ALateWaiterIsNotHeldByTheNextPhase) {
  FrameBarrier barrier(2);
  barrier.signal_frame_complete();
  std::thread fast([&] {
    barrier.signal_frame_complete();
    barrier.wait_all();
    barrier.signal_frame_complete();  // of the next frame
  });
  fast.join();
  EXPECT_EQ(barrier.arrived_count(), 1U);
  barrier.wait_all();
  EXPECT_EQ(barrier.arrived_count(), 1U) << "the arrival of the fast thread was lost";
  barrier.signal_frame_complete();
  EXPECT_EQ(barrier.generation(), 2U);
}

TEST(FrameBarrier, ResetLosesNoArrival) {
  FrameBarrier barrier(2);
  barrier.signal_frame_complete();
  barrier.reset();
  EXPECT_EQ(barrier.arrived_count(), 1U);
  barrier.signal_frame_complete();
  EXPECT_TRUE(barrier.is_complete());
  barrier.reset();  // instead of a wait
  EXPECT_FALSE(barrier.is_complete());
  barrier.signal_frame_complete();
  EXPECT_EQ(barrier.arrived_count(), 1U);
  EXPECT_EQ(barrier.stats().surplus_arrivals, 0U);
}

TEST(FrameBarrier, NobodyWaitsForNobody) {
  FrameBarrier barrier(0);
  barrier.wait_all();
  EXPECT_TRUE(barrier.wait_timeout(0ms));
  barrier.add_participant();
  EXPECT_EQ(barrier.thread_count(), 1U);
  EXPECT_FALSE(barrier.wait_timeout(0ms));
  barrier.signal_frame_complete();
  EXPECT_TRUE(barrier.wait_timeout(0ms));
}

TEST(FrameBarrier, AThreadThatIsNewWaitsForOnePhaseAtMost) {
  FrameBarrier barrier(1);
  for (int i = 0; i < 10; ++i) barrier.arrive_and_wait();
  std::thread([&] {
    EXPECT_TRUE(barrier.wait_timeout(0ms)) << "the phase that completed last";
    EXPECT_FALSE(barrier.wait_timeout(0ms));
  }).join();
}

TEST(FrameBarrier, ATimeoutNamesTheMissingAndIsCounted) {
  Reports reports;
  SmartAlloc alloc(reports.config());
  FrameBarrier barrier = FrameBarrier::builder().with_thread("audio").with_thread("render").build();
  alloc.set_frame_barrier(&barrier);
  EXPECT_EQ(barrier.missing(), (Names{"audio", "render"}));
  barrier.signal_frame_complete("audio");
  EXPECT_EQ(barrier.missing(), Names{"render"});
  EXPECT_FALSE(barrier.wait_timeout(1ms));
  ASSERT_EQ(reports.codes, std::vector<Code>{Code::FA208});
  EXPECT_NE(reports.messages[0].find("missing: render"), std::string::npos) << reports.messages[0];
  const BarrierStats stats = barrier.stats();
  EXPECT_EQ(stats.timeout_count, 1U);
  EXPECT_EQ(stats.total_waits, 1U);
  EXPECT_GE(stats.max_wait_time_us, 1000U);
  barrier.signal_frame_complete("render");
  EXPECT_TRUE(barrier.wait_timeout(0ms)) << "after a time-out the same phase is waited for";
  EXPECT_TRUE(barrier.missing() == (Names{"audio", "render"})) << "of the phase that is open now";
}

TEST(FrameBarrier, TheSameNameTwiceIsSurplus) {
  FrameBarrier barrier = FrameBarrier::builder().with_thread("audio").with_count(3).build();
  EXPECT_EQ(barrier.thread_count(), 3U);
  barrier.signal_frame_complete("audio");
  barrier.signal_frame_complete("audio");
  EXPECT_EQ(barrier.arrived_count(), 1U);
  EXPECT_EQ(barrier.stats().surplus_arrivals, 1U);
  EXPECT_EQ(barrier.missing(), Names{"2 unnamed"});
}

TEST(FrameBarrier, RegisteringTakesAPlaceThatIsThere) {
  FrameBarrier barrier(2);
  EXPECT_FALSE(barrier.is_registered());
  EXPECT_TRUE(barrier.register_thread("main"));
  EXPECT_TRUE(barrier.is_registered());
  EXPECT_FALSE(barrier.register_thread("again"));
  EXPECT_EQ(barrier.thread_count(), 2U);
  EXPECT_EQ(barrier.missing(), (Names{"main", "1 unnamed"}));
}

TEST(FrameBarrier, JoiningAndLeavingTakeEffectAtThePhasesEnd) {
  FrameBarrier barrier(1);
  ASSERT_TRUE(barrier.register_thread("main"));
  std::thread([&] {
    ASSERT_TRUE(barrier.register_thread("worker"));
    EXPECT_EQ(barrier.thread_count(), 1U);
    barrier.signal_frame_complete();  // it takes no part yet
    EXPECT_EQ(barrier.arrived_count(), 0U);
  }).join();
  barrier.signal_frame_complete();
  barrier.wait_all();
  EXPECT_EQ(barrier.thread_count(), 2U);
  EXPECT_EQ(barrier.missing(), (Names{"main", "worker"}));
  EXPECT_TRUE(barrier.unregister_thread());  // arrives, and is gone from the next phase on
  EXPECT_FALSE(barrier.unregister_thread());
  EXPECT_EQ(barrier.thread_count(), 2U);
  EXPECT_EQ(barrier.arrived_count(), 1U);
  barrier.signal_frame_complete("worker");
  EXPECT_EQ(barrier.generation(), 2U);
  barrier.wait_all();
  EXPECT_EQ(barrier.thread_count(), 1U);
}

TEST(FrameBarrier, LeavingAfterArrivingDoesNotArriveTwice) {
  FrameBarrier barrier(2);
  ASSERT_TRUE(barrier.register_thread("main"));
  barrier.signal_frame_complete();
  EXPECT_TRUE(barrier.unregister_thread());
  EXPECT_EQ(barrier.arrived_count(), 1U);
  barrier.signal_frame_complete();
  barrier.wait_all();
  EXPECT_EQ(barrier.thread_count(), 1U);
}

TEST(FrameBarrier, StrangersDoNotArriveForNamedThreads) {
  FrameBarrier barrier(1);
  ASSERT_TRUE(barrier.register_thread("main"));
  std::thread([&] { barrier.signal_frame_complete(); }).join();
  EXPECT_EQ(barrier.arrived_count(), 0U);
  EXPECT_EQ(barrier.stats().surplus_arrivals, 1U);
}

TEST(FrameBarrier, SaysWhoWasLast) {
  FrameBarrier barrier(2);
  barrier.signal_frame_complete();
  ThreadId last;
  std::thread([&] {
    ASSERT_TRUE(barrier.register_thread("slow"));
    last = os::current_thread_id();
    barrier.signal_frame_complete();
  }).join();
  const BarrierStats stats = barrier.stats();
  EXPECT_EQ(stats.last_thread, last);
  EXPECT_EQ(stats.last_name, "slow");
  EXPECT_EQ(stats.phases_completed, 1U);
}

TEST(FrameBarrier, MoreThanSixtyFourNamesAreCountedButNotNamed) {
  FrameBarrierBuilder builder = FrameBarrier::builder();
  for (unsigned i = 0; i < FrameBarrier::kMostNames + 2; ++i) {
    builder.with_thread("thread " + std::to_string(i));
  }
  FrameBarrier barrier = builder.build();
  EXPECT_EQ(barrier.thread_count(), FrameBarrier::kMostNames + 2);
  EXPECT_EQ(barrier.missing().size(), FrameBarrier::kMostNames + 1);
  EXPECT_EQ(barrier.missing().back(), "2 unnamed");
}

TEST(FrameBarrierOfAnAllocator, EndingTheFrameTooEarlyNamesTheMissing) {
  Reports reports;
  SmartAlloc alloc(reports.config());
  FrameBarrier barrier = FrameBarrier::builder().with_thread("ai").with_thread("audio").build();
  alloc.set_frame_barrier(&barrier);
  alloc.begin_frame();
  barrier.signal_frame_complete("ai");
  alloc.end_frame();
  ASSERT_EQ(reports.codes, std::vector<Code>{Code::FA205});
  EXPECT_NE(reports.messages[0].find("missing: audio"), std::string::npos) << reports.messages[0];
  EXPECT_EQ(alloc.frame_number(), 1U);
  EXPECT_FALSE(alloc.in_frame()) << "the frame ends all the same";
}

// The end of the frame itself counts as having noticed the phase: nobody needs to wait.
TEST(FrameBarrierOfAnAllocator, FramesThatEndInTimeSayNothing) {
  Reports reports;
  SmartAlloc alloc(reports.config());
  FrameBarrier barrier(2);
  alloc.set_frame_barrier(&barrier);
  for (int frame = 0; frame < 10; ++frame) {
    alloc.begin_frame();
    barrier.signal_frame_complete();
    barrier.signal_frame_complete();
    alloc.end_frame();
  }
  EXPECT_TRUE(reports.codes.empty());
  EXPECT_EQ(barrier.generation(), 10U);
  alloc.set_frame_barrier(nullptr);
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_TRUE(reports.codes.empty());
}

TEST(FrameBarrierOfAnAllocator, EitherMayDieFirst) {
  Reports reports;
  SmartAlloc alloc(reports.config());
  {
    FrameBarrier barrier(1);
    alloc.set_frame_barrier(&barrier);
  }
  alloc.begin_frame();
  alloc.end_frame();
  FrameBarrier barrier(1);
  {
    SmartAlloc other(reports.config());
    other.set_frame_barrier(&barrier);
  }
  barrier.signal_frame_complete();
  barrier.signal_frame_complete();
  EXPECT_TRUE(reports.codes.empty());
  EXPECT_EQ(barrier.stats().surplus_arrivals, 1U);
}

}  // namespace
}  // namespace framealloc
