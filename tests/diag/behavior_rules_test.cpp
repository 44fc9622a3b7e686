// SPDX-License-Identifier: MIT OR Apache-2.0
// Each rule on a program that breaks it, on one that does not, and at its threshold.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <utility>
#include <vector>

#include "support/report_log.hpp"

namespace framealloc {
namespace {

using testing::ReportLog;

struct Thing {
  double data[4] = {};
};

class BehaviorRules : public ::testing::Test {
 protected:
  BehaviorRules() { EXPECT_TRUE(alloc.enable_behavior_filter()); }
  // Runs `work(frame)` under the tag, in so many frames.
  template <class Work>
  void run(int frames, Work&& work) {
    for (int i = 0; i < frames; ++i) {
      alloc.begin_frame();
      {
        const TagScope tag = alloc.tag_scope("game::subject");
        work(i);
      }
      alloc.end_frame();
    }
  }
  // The same, ended with promotions, which `take` gets.
  template <class Work, class Take>
  void run_promoting(int frames, Work&& work, Take&& take) {
    for (int i = 0; i < frames; ++i) {
      alloc.begin_frame();
      {
        const TagScope tag = alloc.tag_scope("game::subject");
        work(i);
      }
      take(i, alloc.end_frame_with_promotions());
    }
  }
  [[nodiscard]] const BehaviorIssue* issue(Code code) {
    report = alloc.behavior_report();
    for (const BehaviorIssue& one : report.issues) {
      if (one.code == code) return &one;
    }
    return nullptr;
  }
  [[nodiscard]] BehaviorStats stats(AllocKind kind) {
    report = alloc.behavior_report();
    const BehaviorStats* const found = report.find("game::subject", kind);
    return found == nullptr ? BehaviorStats{} : *found;
  }
  // With the threshold where the figure is there is no issue, a little below it there is.
  template <class Set>
  void expect_strict(Code code, double value, Set&& set) {
    ASSERT_GT(value, 0);
    BehaviorThresholds limits;
    alloc.set_behavior_thresholds(set(limits, value));
    EXPECT_EQ(issue(code), nullptr) << code_info(code).id << " at " << value;
    alloc.set_behavior_thresholds(set(limits, value * 0.999));
    const BehaviorIssue* const found = issue(code);
    ASSERT_NE(found, nullptr) << code_info(code).id << " below " << value;
    EXPECT_EQ(found->tag, "game::subject");
    EXPECT_DOUBLE_EQ(found->value, value);
    EXPECT_EQ(found->level, code_info(code).severity);
    EXPECT_EQ(found->help, code_info(code).help);
  }

  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log)};
  BehaviorReport report;
};

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

// One object in four frames, each kept for so many.
class Lifetimes : public BehaviorRules,
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

TEST_F(BehaviorRules, TheLifeOfPromotedObjectsIsUnknownAmongManyOthers) {
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

TEST_F(BehaviorRules, AThreadFrameThatStaysOpenHoldsFrameDataLong) {
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

TEST_F(BehaviorRules, AThreadFrameOfAFewSharedOnesIsNotLong) {
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
