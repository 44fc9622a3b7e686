// SPDX-License-Identifier: MIT OR Apache-2.0
// A mode that is set between two frames holds for the second one, whoever sets it, also after
// frames that begin and end in a few instructions.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::ReportLog;

constexpr int kCalls = 10;

class ModesBetweenFrames : public ::testing::TestWithParam<bool> {
 protected:
  ReportLog log_;
  std::unique_ptr<SmartAlloc> alloc_;

  void make(bool budgets) {
    AllocConfig config = AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log_);
    if (budgets) config = config.with_budgets();
    alloc_ = std::make_unique<SmartAlloc>(config);
    for (int i = 0; i < 5; ++i) frame();
  }
  void frame() {
    alloc_->begin_frame();
    for (int i = 0; i < kCalls; ++i) EXPECT_NE(alloc_->frame_alloc<int>(), nullptr);
    alloc_->end_frame();
  }
  std::uint64_t calls_of_a_frame() {
    alloc_->begin_frame();
    for (int i = 0; i < kCalls; ++i) EXPECT_NE(alloc_->frame_alloc<int>(), nullptr);
    const std::uint64_t counted = alloc_->frame_stats().allocation_count;
    alloc_->end_frame();
    return counted;
  }
  // On this thread, or on another one.
  template <class Set>
  static void set(Set&& set) {
    if (GetParam()) {
      std::thread(set).join();
    } else {
      set();
    }
  }
};

TEST_P(ModesBetweenFrames, CallsAreCounted) {
  for (const bool budgets : {false, true}) {
    make(budgets);
    for (int round = 0; round < 3; ++round) {
      set([&] { alloc_->count_frame_allocations(true); });
      EXPECT_EQ(calls_of_a_frame(), std::uint64_t{kCalls});
      EXPECT_EQ(calls_of_a_frame(), std::uint64_t{kCalls});
      set([&] { alloc_->count_frame_allocations(false); });
      EXPECT_EQ(calls_of_a_frame(), 0u);
      frame();
    }
  }
}

TEST_P(ModesBetweenFrames, ListenersAreToldOfFramesAndCalls) {
  make(false);
  int begins = 0, ends = 0, allocs = 0;
  Subscription subscription;
  set([&] {
    ASSERT_TRUE(alloc_->enable_lifecycle_tracking());
    subscription = alloc_->on_frame_event(
        [&](const FrameEvent& event) {
          begins += event.kind == FrameEventKind::FrameBegin ? 1 : 0;
          ends += event.kind == FrameEventKind::FrameEnd ? 1 : 0;
          allocs += event.kind == FrameEventKind::Alloc ? 1 : 0;
        },
        events(FrameEventKind::FrameBegin, FrameEventKind::FrameEnd, FrameEventKind::Alloc));
  });
  for (int i = 1; i <= 3; ++i) {
    frame();
    EXPECT_EQ(begins, i);
    EXPECT_EQ(ends, i);
    EXPECT_EQ(allocs, i * kCalls);
  }
  subscription.end();
}

TEST_P(ModesBetweenFrames, TheBehaviorFilterSeesTheNextFrame) {
  make(false);
  set([&] { ASSERT_TRUE(alloc_->enable_behavior_filter()); });
  frame();
  EXPECT_EQ(alloc_->behavior_report().frames_analyzed, 1u);
}

TEST_P(ModesBetweenFrames, ABarrierIsLookedAfter) {
  make(false);
  FrameBarrier barrier(1);
  set([&] { alloc_->set_frame_barrier(&barrier); });
  frame();
  EXPECT_EQ(log_.count(Code::FA205), 1u);
  alloc_->set_frame_barrier(nullptr);
}

TEST_P(ModesBetweenFrames, DeferredFreesAreTakenBackAtTheNextBoundary) {
  make(false);
  std::vector<int*> blocks(20);
  for (int*& block : blocks) block = alloc_->pool_alloc<int>();
  frame();
  std::thread([&] {
    for (int* block : blocks) alloc_->pool_free(block);
  }).join();
  EXPECT_EQ(alloc_->deferred_stats().current_depth, 20u);
  set([&] { alloc_->configure_deferred(DeferredConfig{}); });
  alloc_->begin_frame();
  EXPECT_EQ(alloc_->deferred_stats().current_depth, 0u);
  alloc_->end_frame();
}

INSTANTIATE_TEST_SUITE_P(, ModesBetweenFrames, ::testing::Bool(), [](const auto& tested) {
  return tested.param ? "ByAnotherThread" : "ByTheDrivingThread";
});

}  // namespace
}  // namespace framealloc
