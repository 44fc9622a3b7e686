// SPDX-License-Identifier: MIT OR Apache-2.0
// Each rule on a program that breaks it, on one that does not, and at its threshold.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <utility>
#include <vector>

#include "diag/behavior_fixture.hpp"

namespace framealloc {
namespace {

using testing::BehaviorWorld;
using testing::ReportLog;
using testing::Thing;

class BehaviorRules : public BehaviorWorld {};

TEST_F(BehaviorRules, PoolUsedAsScratchIsAnIssue) {
  run(60, [&](int) {
    std::vector<Thing*> things;
    for (int i = 0; i < 100; ++i) things.push_back(alloc.pool_alloc<Thing>());
    for (Thing* thing : things) alloc.pool_free(thing);
  });
  const BehaviorStats found = stats(AllocKind::Pool);
  EXPECT_EQ(found.total_allocs, 6000u);
  EXPECT_EQ(found.same_frame_frees, 6000u);
  EXPECT_EQ(found.same_frame_frees_most, 6000u);
  EXPECT_EQ(found.current_bytes, 0u);
  ASSERT_EQ(log.count(Code::FA510), 1u) << "raised at the end of the 60th frame";
  EXPECT_EQ(log.last().tag, "game::subject");
  EXPECT_EQ(log.last().frame, 60u);
  EXPECT_EQ(log.last().message,
            "of the pool blocks at least 100 % are freed in the frame that made them, limit 80 %");
}

TEST_F(BehaviorRules, PingPongWithOneBlockIsScratchToo) {
  run(60, [&](int) {
    for (int i = 0; i < 20; ++i) alloc.pool_free(alloc.pool_alloc<Thing>());
  });
  EXPECT_EQ(stats(AllocKind::Pool).same_frame_frees, 1200u);
  EXPECT_EQ(log.count(Code::FA510), 1u);
}

TEST_F(BehaviorRules, EntitiesThatComeAndGoAreNotScratch) {
  std::deque<Thing*> alive;
  run(120, [&](int frame) {
    // In either order: what dies was born long ago.
    const auto die = [&] {
      for (int i = 0; i < 24 && alive.size() > 300; ++i) {
        alloc.pool_free(alive.front());
        alive.pop_front();
      }
    };
    if (frame % 2 == 0) die();
    for (int i = 0; i < 24; ++i) alive.push_back(alloc.pool_alloc<Thing>());
    if (frame % 2 != 0) die();
  });
  EXPECT_EQ(stats(AllocKind::Pool).same_frame_frees, 0u);
  EXPECT_GT(stats(AllocKind::Pool).same_frame_frees_most, 0u) << "the bound that is not judged";
  EXPECT_EQ(log.size(), 0u);
  for (Thing* thing : alive) alloc.pool_free(thing);
}

TEST_F(BehaviorRules, ScratchOfAnotherSizeIsSeenBesideWhatLives) {
  std::vector<Thing*> alive;
  run(1, [&](int) {
    for (int i = 0; i < 500; ++i) alive.push_back(alloc.pool_alloc<Thing>());
  });
  alloc.reset_behavior_stats();
  struct Large {
    char bytes[400];
  };
  run(60, [&](int) {
    for (int i = 0; i < 50; ++i) alloc.pool_free(alloc.pool_alloc<Large>());
  });
  EXPECT_EQ(stats(AllocKind::Pool).same_frame_frees, 3000u);
  EXPECT_EQ(log.count(Code::FA510), 1u);
  for (Thing* thing : alive) alloc.pool_free(thing);
}

TEST_F(BehaviorRules, TheShareOfSameFrameFreesIsComparedStrictly) {
  std::vector<Thing*> kept;
  const auto frame_keeping = [&](int frees) {
    return [&, frees](int) {
      for (Thing* thing : std::exchange(kept, {})) alloc.pool_free(thing);
      for (int i = 0; i < 10; ++i) kept.push_back(alloc.pool_alloc<Thing>());
      for (int i = 0; i < frees; ++i) {
        alloc.pool_free(kept.back());
        kept.pop_back();
      }
    };
  };
  run(60, frame_keeping(8));
  EXPECT_EQ(stats(AllocKind::Pool).same_frame_free_rate(), 0.8);
  EXPECT_EQ(issue(Code::FA510), nullptr) << "8 of 10 are not more than 0.8";
  run(60, frame_keeping(9));
  EXPECT_NE(issue(Code::FA510), nullptr);
  for (Thing* thing : kept) alloc.pool_free(thing);
  expect_strict(Code::FA510, stats(AllocKind::Pool).same_frame_free_rate(),
                [](BehaviorThresholds limits, double rate) {
                  return limits.with_pool_same_frame_free_rate(rate);
                });
}

TEST_F(BehaviorRules, TheHeapInAHotPathIsAnIssue) {
  run(300, [&](int frame) {
    for (int i = 0; i < (frame % 3 == 0 ? 1 : 2); ++i) {
      alloc.heap_free(alloc.heap_alloc<char>(i == 0 ? 100 : 100'000));  // small and large ones
    }
  });
  EXPECT_EQ(stats(AllocKind::Heap).total_allocs, 500u);
  EXPECT_EQ(stats(AllocKind::Heap).total_frees, 500u);
  EXPECT_EQ(log.size(), 0u) << "500 in 300 frames are 100 in 60";
  run(60, [&](int) {
    for (int i = 0; i < 5; ++i) alloc.heap_free(alloc.heap_alloc<char>(100));
  });
  EXPECT_EQ(log.count(Code::FA530), 1u);
  expect_strict(Code::FA530, 800.0 / 360, [](BehaviorThresholds limits, double per_frame) {
    return limits.with_heap_in_hot_path_count(per_frame * 60);
  });
}

TEST_F(BehaviorRules, ALevelThatIsLoadedOnceIsNotAHotPath) {
  std::vector<char*> level;
  run(1, [&](int) {
    for (int i = 0; i < 90; ++i) level.push_back(alloc.heap_alloc<char>(1000));
  });
  run(119, [](int) {});
  EXPECT_EQ(log.size(), 0u);
  for (char* block : level) alloc.heap_free(block);
}

TEST_F(BehaviorRules, FrameMemoryThatOverflowsCountsAsHeap) {
  SmartAlloc small(AllocConfig::minimal()
                       .with_frame_arena_size(64 << 10)
                       .with_frame_overflow(FrameOverflow::HeapFallback)
                       .with_report_handler(&ReportLog::handler, &log));
  ASSERT_TRUE(small.enable_behavior_filter());
  {
    const ScopedFrame open = small.scoped_frame();
    for (int i = 0; i < 20; ++i) (void)small.frame_alloc_batch<char>(8000);
  }
  const BehaviorReport found = small.behavior_report();
  const BehaviorStats* const heap = found.find("", AllocKind::Heap);
  ASSERT_NE(heap, nullptr);
  EXPECT_GE(heap->total_allocs, 10u);
  EXPECT_EQ(heap->total_allocs, small.stats().allocation_count);
  ASSERT_EQ(found.issues.size(), 1u);
  EXPECT_EQ(found.issues[0].code, Code::FA530);
}

TEST_F(BehaviorRules, DataThatIsMostlyPromotedIsAnIssue) {
  std::vector<PoolBox<Thing>> kept;
  run_promoting(
      60, [&](int) { (void)alloc.frame_retained<Thing>(RetentionPolicy::PromoteToPool); },
      [&](int, PromotionResult result) {
        ASSERT_EQ(result.promoted.size(), 1u);
        kept.push_back(result.promoted[0].take<Thing>());
      });
  const BehaviorStats found = stats(AllocKind::Frame);
  EXPECT_EQ(found.promotion_count, 60u);
  EXPECT_EQ(found.survived_frame_count, 60u);
  EXPECT_GT(found.survival_rate(), 0.9);
  EXPECT_LE(found.survived_bytes, found.bytes_allocated);
  EXPECT_EQ(log.count(Code::FA502), 1u);
  EXPECT_EQ(log.count(Code::FA520), 1u) << "once in each frame is churn too";
  expect_strict(Code::FA502, found.survival_rate(), [](BehaviorThresholds limits, double rate) {
    return limits.with_frame_survival_rate(rate);
  });
}

TEST_F(BehaviorRules, AFewResultsOfMuchFrameDataAreNot) {
  run_promoting(
      120,
      [&](int frame) {
        (void)alloc.frame_alloc_batch<char>(10'000);
        const bool keep = frame % 2 == 0;
        (void)alloc.frame_retained<Thing>(keep ? RetentionPolicy::PromoteToHeap
                                               : RetentionPolicy::Discard);
      },
      [](int, PromotionResult) {});  // destroyed with the result
  const BehaviorStats found = stats(AllocKind::Frame);
  EXPECT_EQ(found.total_allocs, 120u);
  EXPECT_EQ(found.promotion_count, 60u);
  EXPECT_LT(found.survival_rate(), 0.02);
  EXPECT_EQ(found.promotion_rate(), 0.5);
  EXPECT_EQ(log.size(), 0u) << "60 in 120 frames are not more than 0.5";
}

TEST_F(BehaviorRules, PromotionInEveryFrameIsChurn) {
  run_promoting(
      120,
      [&](int frame) {
        (void)alloc.frame_alloc_batch<char>(10'000);
        if (frame % 4 != 0) (void)alloc.frame_retained<Thing>(RetentionPolicy::PromoteToHeap);
      },
      [](int, PromotionResult) {});
  EXPECT_EQ(log.count(Code::FA520), 1u);
  EXPECT_EQ(log.count(Code::FA502), 0u);
  expect_strict(Code::FA520, 0.75, [](BehaviorThresholds limits, double rate) {
    return limits.with_promotion_churn_rate(rate);
  });
}

TEST_F(BehaviorRules, TagsWithFewSamplesAreNotJudged) {
  const auto scratch = [&](int frames) {
    run(frames, [&](int) { alloc.pool_free(alloc.pool_alloc<Thing>()); });
  };
  scratch(9);
  EXPECT_EQ(stats(AllocKind::Pool).same_frame_free_rate(), 1.0);
  EXPECT_EQ(issue(Code::FA510), nullptr) << "9 are fewer than 10";
  scratch(1);
  EXPECT_NE(issue(Code::FA510), nullptr);
  alloc.set_behavior_thresholds(BehaviorThresholds().with_min_samples(11));
  EXPECT_EQ(issue(Code::FA510), nullptr);
}

TEST_F(BehaviorRules, AnIssueIsToldOnceUntilItHasGone) {
  const auto scratch = [&](int) {
    for (int i = 0; i < 10; ++i) alloc.pool_free(alloc.pool_alloc<Thing>());
  };
  run(600, scratch);
  EXPECT_EQ(log.count(Code::FA510), 1u);
  std::vector<Thing*> alive;
  run(60, [&](int) {  // ends what was an issue: 3000 of 9000 are not freed at once
    for (int i = 0; i < 50; ++i) alive.push_back(alloc.pool_alloc<Thing>());
  });
  EXPECT_EQ(issue(Code::FA510), nullptr);
  for (Thing* thing : alive) alloc.pool_free(thing);
  run(3000, scratch);
  EXPECT_EQ(log.count(Code::FA510), 2u);
}

}  // namespace
}  // namespace framealloc
