// SPDX-License-Identifier: MIT OR Apache-2.0
// How long frame data lives that outlives its frame: promoted objects, and frames of threads.
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "diag/behavior_fixture.hpp"

namespace framealloc {
namespace {

using testing::BehaviorWorld;
using testing::Thing;

class BehaviorLifetime : public BehaviorWorld {};

// One object in four frames, each kept for so many.
class Lifetimes : public BehaviorWorld,
                  public ::testing::WithParamInterface<RetentionPolicy::Kind> {
 protected:
  void keep_each_for(int frames) {
    const RetentionPolicy policy = GetParam() == RetentionPolicy::Kind::Pool
                                       ? RetentionPolicy::PromoteToPool
                                       : RetentionPolicy::PromoteToHeap;
    std::deque<std::pair<int, PromotedBox<Thing>>> kept;
    run_promoting(
        600,
        [&](int frame) {
          (void)alloc.frame_alloc_batch<char>(10'000);
          if (frame % 4 == 0) (void)alloc.frame_retained<Thing>(policy);
        },
        [&](int frame, PromotionResult result) {
          for (PromotedAllocation& item : result.promoted) {
            kept.emplace_back(frame, item.take<Thing>());
          }
          while (!kept.empty() && kept.front().first + frames <= frame) kept.pop_front();
        });
  }
};

TEST_P(Lifetimes, FrameDataThatLivesLongIsAnIssue) {
  keep_each_for(100);
  const BehaviorStats found = stats(AllocKind::Frame);
  EXPECT_EQ(found.lifetime_count, 150u);
  // The last of them have not lived to their end yet.
  EXPECT_GT(found.avg_lifetime_frames(), 85);
  EXPECT_LE(found.avg_lifetime_frames(), 101);
  EXPECT_GE(log.count(Code::FA501), 1u);
  EXPECT_EQ(log.size(), log.count(Code::FA501));
  const auto whole = static_cast<std::uint64_t>(found.avg_lifetime_frames());
  alloc.set_behavior_thresholds(BehaviorThresholds().with_frame_survival_frames(whole + 1));
  EXPECT_EQ(issue(Code::FA501), nullptr);
  alloc.set_behavior_thresholds(BehaviorThresholds().with_frame_survival_frames(whole - 1));
  ASSERT_NE(issue(Code::FA501), nullptr);
  EXPECT_EQ(issue(Code::FA501)->value, found.avg_lifetime_frames());
}

TEST_P(Lifetimes, FrameDataThatSoonGoesIsNot) {
  keep_each_for(10);
  // Those of frame n are there at the ends of the frames n to n + 10.
  EXPECT_NEAR(stats(AllocKind::Frame).avg_lifetime_frames(), 11, 0.1);
  EXPECT_EQ(log.size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Lifetimes, ::testing::Values(RetentionPolicy::Kind::Pool, RetentionPolicy::Kind::Heap),
    [](const auto& which) { return which.param == RetentionPolicy::Kind::Pool ? "Pool" : "Heap"; });

TEST_F(BehaviorLifetime, TheLifeOfPromotedObjectsIsUnknownAmongManyOthers) {
  std::vector<char*> others;
  run_promoting(
      120,
      [&](int frame) {
        (void)alloc.frame_alloc_batch<char>(10'000);
        if (frame < 3) others.push_back(alloc.heap_alloc<char>(100));
        if (frame % 60 == 0) (void)alloc.frame_retained<Thing>(RetentionPolicy::PromoteToHeap);
      },
      [](int, PromotionResult) {});
  EXPECT_EQ(stats(AllocKind::Frame).promotion_count, 2u);
  EXPECT_EQ(stats(AllocKind::Frame).lifetime_count, 0u);
  for (char* block : others) alloc.heap_free(block);
}

TEST_F(BehaviorLifetime, AThreadFrameThatStaysOpenHoldsFrameDataLong) {
  const auto run_shared = [&](int frames) {
    alloc.begin_thread_frame();
    {
      const TagScope tag = alloc.tag_scope("game::subject");
      (void)alloc.frame_alloc<Thing>();
    }
    for (int i = 0; i < frames; ++i) {
      alloc.begin_frame();
      alloc.end_frame();
    }
    alloc.end_thread_frame();
  };
  run_shared(60);
  EXPECT_EQ(stats(AllocKind::Frame).avg_lifetime_frames(), 60);
  EXPECT_EQ(log.size(), 0u) << "60 frames are not more than 60";
  run_shared(120);
  EXPECT_EQ(stats(AllocKind::Frame).avg_lifetime_frames(), 90);
  EXPECT_EQ(stats(AllocKind::Frame).survived_frame_count, 2u);
  EXPECT_EQ(log.count(Code::FA501), 1u);
  EXPECT_EQ(issue(Code::FA502), nullptr) << "it did not survive its own frame";
}

TEST_F(BehaviorLifetime, AThreadFrameOfAFewSharedOnesIsNotLong) {
  for (int i = 0; i < 60; ++i) {
    alloc.begin_thread_frame();
    (void)alloc.frame_alloc<Thing>();
    for (int k = 0; k < 3; ++k) {
      alloc.begin_frame();
      alloc.end_frame();
    }
    alloc.end_thread_frame();
  }
  report = alloc.behavior_report();
  ASSERT_NE(report.find("", AllocKind::Frame), nullptr);
  EXPECT_EQ(report.find("", AllocKind::Frame)->avg_lifetime_frames(), 3);
  EXPECT_EQ(log.size(), 0u);
}

}  // namespace
}  // namespace framealloc
