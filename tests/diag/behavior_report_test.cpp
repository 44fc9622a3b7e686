// SPDX-License-Identifier: MIT OR Apache-2.0
// Switching the filter on and off, its thresholds, its memory, and what its report says.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "diag/behavior_fixture.hpp"
#include "support/report_log.hpp"

namespace framealloc {
namespace {

using testing::ReportLog;
using testing::Thing;

AllocConfig quiet(ReportLog& log) {
  return AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
}

void misbehave(SmartAlloc& alloc, int frames) {
  for (int frame = 0; frame < frames; ++frame) {
    const ScopedFrame open = alloc.scoped_frame();
    const TagScope tag = alloc.tag_scope("ai::plans");
    for (int i = 0; i < 20; ++i) alloc.pool_free(alloc.pool_alloc<Thing>());
    for (int i = 0; i < 4; ++i) alloc.heap_free(alloc.heap_alloc<char>(200));
    (void)alloc.frame_alloc_batch<char>(1000);
  }
}

TEST(BehaviorThresholds, PresetsAreThoseOfTheInventory) {
  const auto all = [](const BehaviorThresholds& limits) {
    return std::vector<double>{static_cast<double>(limits.frame_survival_frames),
                               limits.frame_survival_rate,
                               limits.pool_same_frame_free_rate,
                               limits.promotion_churn_rate,
                               limits.heap_in_hot_path_count,
                               static_cast<double>(limits.min_samples)};
  };
  EXPECT_EQ(all({}), (std::vector<double>{60, 0.5, 0.8, 0.5, 100, 10}));
  EXPECT_EQ(all(BehaviorThresholds::strict()), (std::vector<double>{10, 0.2, 0.5, 0.2, 10, 5}));
  EXPECT_EQ(all(BehaviorThresholds::relaxed()),
            (std::vector<double>{300, 0.8, 0.95, 0.8, 1000, 50}));
}

TEST(BehaviorThresholds, SettersReplaceOneAndKeepTheRest) {
  const BehaviorThresholds custom = BehaviorThresholds::strict()
                                        .with_frame_survival_frames(1)
                                        .with_frame_survival_rate(0.11)
                                        .with_pool_same_frame_free_rate(0.22)
                                        .with_promotion_churn_rate(0.33)
                                        .with_heap_in_hot_path_count(44)
                                        .with_check_frames(7);
  EXPECT_EQ(custom, (BehaviorThresholds{1, 0.11, 0.22, 0.33, 44, 5, 7}));
  SmartAlloc alloc(AllocConfig::minimal());
  EXPECT_EQ(alloc.behavior_thresholds(), BehaviorThresholds());
  alloc.set_behavior_thresholds(custom);
  EXPECT_EQ(alloc.behavior_thresholds(), custom);
  EXPECT_FALSE(alloc.is_behavior_filter_enabled()) << "setting them switches nothing on";
  ASSERT_TRUE(alloc.enable_behavior_filter());
  EXPECT_EQ(alloc.behavior_report().thresholds, custom);
}

TEST(BehaviorFilter, OffNothingIsRecorded) {
  ReportLog log;
  SmartAlloc alloc(quiet(log));
  misbehave(alloc, 120);
  const BehaviorReport report = alloc.behavior_report();
  EXPECT_FALSE(report.filter_enabled);
  EXPECT_EQ(report.frames_analyzed, 0u);
  EXPECT_TRUE(report.stats.empty());
  EXPECT_TRUE(report.empty());
  EXPECT_EQ(log.size(), 0u);
  EXPECT_EQ(report.summary(), "behavior filter off: 0 frames, 0 warnings, 0 hints");
}

TEST(BehaviorFilter, WhatWasBeforeItWasEnabledDoesNotCount) {
  ReportLog log;
  SmartAlloc alloc(quiet(log));
  misbehave(alloc, 120);
  ASSERT_TRUE(alloc.enable_behavior_filter());
  ASSERT_TRUE(alloc.enable_behavior_filter()) << "twice is once";
  misbehave(alloc, 5);
  EXPECT_EQ(alloc.behavior_report().frames_analyzed, 5u);
  const BehaviorReport report = alloc.behavior_report();
  ASSERT_NE(report.find("ai::plans", AllocKind::Pool), nullptr);
  EXPECT_EQ(report.find("ai::plans", AllocKind::Pool)->total_allocs, 100u);
  EXPECT_EQ(report.find("ai::plans", AllocKind::Heap)->total_allocs, 20u);
  EXPECT_EQ(report.find("ai::plans", AllocKind::Frame)->bytes_allocated, 5 * 1008u);
  EXPECT_EQ(report.find("ai::plans", AllocKind::Frame)->current_bytes, 1008u);
}

TEST(BehaviorFilter, DisabledItKeepsWhatItFoundAndEnabledItBeginsAnew) {
  ReportLog log;
  SmartAlloc alloc(quiet(log));
  ASSERT_TRUE(alloc.enable_behavior_filter());
  EXPECT_TRUE(alloc.is_behavior_filter_enabled());
  misbehave(alloc, 60);
  alloc.disable_behavior_filter();
  alloc.disable_behavior_filter();
  EXPECT_FALSE(alloc.is_behavior_filter_enabled());
  misbehave(alloc, 60);
  EXPECT_EQ(alloc.behavior_report().frames_analyzed, 60u);
  EXPECT_EQ(alloc.behavior_report().issues.size(), 2u);
  EXPECT_FALSE(alloc.behavior_report().filter_enabled);
  ASSERT_TRUE(alloc.enable_behavior_filter());
  EXPECT_EQ(alloc.behavior_report().frames_analyzed, 0u);
  EXPECT_TRUE(alloc.behavior_report().stats.empty());
  misbehave(alloc, 1);
  EXPECT_EQ(alloc.behavior_report().find("ai::plans", AllocKind::Pool)->total_allocs, 20u);
  alloc.reset_behavior_stats();
  EXPECT_TRUE(alloc.behavior_report().stats.empty());
  EXPECT_TRUE(alloc.is_behavior_filter_enabled());
}

TEST(BehaviorFilter, AHandlerMaySwitchItOffAndAsk) {
  SmartAlloc alloc(AllocConfig::minimal());
  std::size_t issues = 0;
  alloc.print_reports(false);
  ASSERT_TRUE(alloc.add_sink([&](const Report& report) {
    if (report.code != Code::FA510) return;
    issues = alloc.behavior_report().issues.size();
    alloc.disable_behavior_filter();
  }));
  ASSERT_TRUE(alloc.enable_behavior_filter());
  misbehave(alloc, 60);
  EXPECT_EQ(issues, 2u);
  EXPECT_FALSE(alloc.is_behavior_filter_enabled());
  misbehave(alloc, 60);
  EXPECT_EQ(alloc.behavior_report().frames_analyzed, 60u);
}

TEST(BehaviorFilter, CodesCanBeSuppressedAndAreCounted) {
  ReportLog log;
  SmartAlloc alloc(quiet(log));
  ASSERT_TRUE(alloc.enable_behavior_filter());
  alloc.suppress(Code::FA530);
  misbehave(alloc, 60);
  EXPECT_EQ(log.count(Code::FA530), 0u);
  EXPECT_EQ(log.count(Code::FA510), 1u);
  EXPECT_EQ(alloc.report_count(Code::FA530), 1u);
}

TEST(BehaviorFilter, ItsMemoryIsByTagNotByAllocation) {
  SmartAlloc alloc(AllocConfig::minimal());
  std::vector<Thing*> alive(100'000);
  const auto churn = [&](int frames) {
    for (int frame = 0; frame < frames; ++frame) {
      const ScopedFrame open = alloc.scoped_frame();
      const TagScope tag = alloc.tag_scope("one");
      for (Thing*& thing : alive) thing = alloc.pool_alloc<Thing>();
      for (Thing* thing : alive) alloc.pool_free(thing);
      alloc.heap_free(alloc.heap_alloc<char>(100));
    }
  };
  churn(2);
  const std::size_t off = alloc.stats().metadata_bytes;
  ASSERT_TRUE(alloc.enable_behavior_filter());
  churn(1);
  const std::size_t on = alloc.stats().metadata_bytes;
  EXPECT_LT(on - off, 64u << 10) << "room for the rows of a few tags";
  churn(5);
  EXPECT_EQ(alloc.stats().metadata_bytes, on) << "500000 blocks later";
  EXPECT_EQ(alloc.behavior_report().find("one", AllocKind::Pool)->total_allocs, 600'000u);
}

// The tags of a large program take turns of two frames.
TEST(BehaviorFilter, ManyTagsTakeTurnsAndNoneIsLost) {
  SmartAlloc alloc(AllocConfig::minimal());
  alloc.print_reports(false);
  ASSERT_TRUE(alloc.enable_behavior_filter());
  constexpr std::size_t kTags = 1000;
  constexpr std::uint64_t kFrames = 40;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kTags; ++i) names.push_back("tag" + std::to_string(i));
  std::vector<Thing*> lasting;
  for (std::uint64_t frame = 0; frame < kFrames; ++frame) {
    const ScopedFrame open = alloc.scoped_frame();
    for (const std::string& name : names) {
      const TagScope tag = alloc.tag_scope(name);
      if (frame == 0) lasting.push_back(alloc.pool_alloc<Thing>());
      for (int k = 0; k < 9; ++k) alloc.pool_free(alloc.pool_alloc<Thing>());
      alloc.heap_free(alloc.heap_alloc<char>(100));
      (void)alloc.frame_alloc<Thing>();
    }
  }
  // Once every tag's turn has come, all is known of what was done before.
  for (int frame = 0; frame < 40; ++frame) {
    const ScopedFrame open = alloc.scoped_frame();
  }
  const BehaviorReport report = alloc.behavior_report();
  for (const std::string& name : names) {
    const BehaviorStats* const pool = report.find(name, AllocKind::Pool);
    const BehaviorStats* const heap = report.find(name, AllocKind::Heap);
    const BehaviorStats* const frame = report.find(name, AllocKind::Frame);
    ASSERT_TRUE(pool != nullptr && heap != nullptr && frame != nullptr) << name;
    EXPECT_EQ(pool->total_allocs, 9 * kFrames + 1) << name;
    EXPECT_EQ(heap->total_allocs, kFrames) << name;
    EXPECT_EQ(frame->bytes_allocated, 32 * kFrames) << name;
    EXPECT_LT(pool->same_frame_samples, pool->total_allocs / 2) << "only some frames were read";
    EXPECT_GE(pool->same_frame_samples, 9u) << name;
    EXPECT_GE(pool->same_frame_free_rate(), 0.8) << name;
    // One block in 361 lives, for the 80 frames less those that were not looked at any more.
    EXPECT_NEAR(pool->avg_lifetime_frames(), 80.0 / 361, 20.0 / 361) << name;
  }
  for (Thing* thing : lasting) alloc.pool_free(thing);
}

TEST(BehaviorFilter, EveryTagHasItsRow) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_behavior_filter());
  constexpr int kTags = 200;
  for (int frame = 0; frame < 3; ++frame) {
    const ScopedFrame open = alloc.scoped_frame();
    for (int i = 0; i < kTags; ++i) {
      const TagScope tag = alloc.tag_scope("tag" + std::to_string(i));
      for (int k = 0; k < i % 7; ++k) (void)alloc.frame_alloc<Thing>();
      if (i % 100 == 0) alloc.pool_free(alloc.pool_alloc<Thing>());
    }
  }
  const BehaviorReport report = alloc.behavior_report();
  for (int i = 0; i < kTags; ++i) {
    const std::string name = "tag" + std::to_string(i);
    const BehaviorStats* const frame = report.find(name, AllocKind::Frame);
    ASSERT_EQ(frame != nullptr, i % 7 != 0) << i;
    if (frame != nullptr) {
      EXPECT_EQ(frame->bytes_allocated, 3u * 32 * static_cast<unsigned>(i % 7)) << i;
    }
    const BehaviorStats* const pool = report.find(name, AllocKind::Pool);
    ASSERT_EQ(pool != nullptr, i % 100 == 0) << i;
    if (pool != nullptr) {
      EXPECT_EQ(pool->same_frame_frees, 3u);
    }
  }
}

TEST(BehaviorFilter, AnAllocatorThatCouldNotBeMadeHasNone) {
  ReportLog log;
  AllocConfig config = quiet(log);
  config.global_memory_limit = 1;
  SmartAlloc none(config);
  ASSERT_FALSE(none);
  EXPECT_FALSE(none.enable_behavior_filter());
  none.set_behavior_thresholds({});
  none.disable_behavior_filter();
  none.reset_behavior_stats();
  EXPECT_TRUE(none.behavior_report().empty());
  EXPECT_EQ(none.behavior_thresholds(), BehaviorThresholds());
}

BehaviorReport sample() {
  BehaviorReport report;
  report.filter_enabled = true;
  report.frames_analyzed = 60;
  BehaviorStats pool;
  pool.tag = "ai";
  pool.kind = AllocKind::Pool;
  pool.total_allocs = 40;
  pool.same_frame_samples = 40;
  pool.same_frame_frees = 36;
  pool.frames_analyzed = 60;
  report.stats.push_back(pool);
  report.issues.push_back({Code::FA530, Severity::Warning, "", AllocKind::Heap, 4, 100.0 / 60,
                           "a \"message\"", "a help"});
  report.issues.push_back(
      {Code::FA510, Severity::Hint, "ai", AllocKind::Pool, 0.9, 0.8, "another", "more help"});
  return report;
}

TEST(BehaviorReport, SumsUpByLevel) {
  const BehaviorReport report = sample();
  EXPECT_EQ(report.summary(), "behavior filter on: 60 frames, 1 warning, 1 hint");
  EXPECT_TRUE(report.has_warnings());
  EXPECT_FALSE(report.has_errors());
  EXPECT_EQ(report.issues_at_level(Severity::Hint).size(), 2u);
  ASSERT_EQ(report.issues_at_level(Severity::Warning).size(), 1u);
  EXPECT_EQ(report.issues_at_level(Severity::Warning)[0].code, Code::FA530);
  EXPECT_TRUE(report.issues_at_level(Severity::Error).empty());
}

TEST(BehaviorReport, TextNamesTheCulprit) {
  const std::string text = sample().to_text();
  EXPECT_EQ(text.find("behavior filter on: 60 frames"), 0u);
  EXPECT_NE(text.find("FA530 warning [(untagged), heap]: a \"message\"\n  help: a help\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("FA510 hint [ai, pool]: another\n"), std::string::npos) << text;
  EXPECT_NE(text.find("90.0%"), std::string::npos) << text;
}

TEST(BehaviorReport, JsonHasIssuesAndTags) {
  const std::string json = sample().to_json();
  for (const char* part :
       {"\"schema\": \"framealloc.behavior.v1\"", "\"enabled\": true", "\"frames_analyzed\": 60",
        "\"code\": \"FA530\"", "\"level\": \"warning\"", "\"message\": \"a \\\"message\\\"\"",
        "\"value\": 4.0000", "\"threshold\": 1.6667", "\"same_frame_free_rate\": 0.9000",
        "\"pool_same_frame_free_rate\": 0.8000"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in\n" << json;
  }
}

TEST(BehaviorReport, IssuesComeMostSevereFirst) {
  ReportLog log;
  SmartAlloc alloc(quiet(log));
  ASSERT_TRUE(alloc.enable_behavior_filter());
  misbehave(alloc, 60);
  const BehaviorReport report = alloc.behavior_report();
  ASSERT_EQ(report.issues.size(), 2u);
  EXPECT_EQ(report.issues[0].code, Code::FA530);
  EXPECT_EQ(report.issues[0].message, "the heap is asked for 4 blocks per frame, limit 1.67");
  EXPECT_EQ(report.issues[1].code, Code::FA510);
}

TEST(BehaviorSnapshot, HasWhatTheFilterFound) {
  ReportLog log;
  SmartAlloc alloc(quiet(log));
  ASSERT_TRUE(alloc.enable_behavior_filter());
  std::vector<char*> held;
  for (int frame = 0; frame < 60; ++frame) {
    alloc.begin_frame();
    {
      const TagScope tag = alloc.tag_scope("results");
      held.push_back(alloc.heap_alloc<char>(100));
      held.push_back(alloc.heap_alloc<char>(100));
      (void)alloc.frame_retained<Thing>(RetentionPolicy::PromoteToPool);
    }
    (void)alloc.end_frame_with_promotions();
  }
  const auto tag_of = [](const Snapshot& snapshot, AllocKind kind) {
    const auto at = std::ranges::find_if(snapshot.tags, [&](const SnapshotTag& tag) {
      return tag.path == "results" && tag.kind == kind;
    });
    EXPECT_NE(at, snapshot.tags.end());
    return at == snapshot.tags.end() ? SnapshotTag{} : *at;
  };
  const Snapshot on = alloc.snapshot();
  const SnapshotTag frame = tag_of(on, AllocKind::Frame);
  EXPECT_EQ(frame.promotion_rate, 1.0);
  EXPECT_EQ(frame.diagnostics, (std::vector<std::string>{"FA502", "FA520"}));
  const SnapshotTag heap = tag_of(on, AllocKind::Heap);
  EXPECT_EQ(heap.diagnostics, (std::vector<std::string>{"FA530"}));
  EXPECT_EQ(heap.avg_lifetime_frames, 30.5) << "the first lived 60 frames so far, the last one 1";
  EXPECT_EQ(on.diagnostics.size(), alloc.behavior_report().issues.size());
  ASSERT_TRUE(on.diagnostics[0].tag);
  EXPECT_EQ(*on.diagnostics[0].tag, "results");

  alloc.disable_behavior_filter();
  const Snapshot off = alloc.snapshot();
  EXPECT_TRUE(off.diagnostics.empty());
  EXPECT_EQ(tag_of(off, AllocKind::Frame).promotion_rate, 0.0);
  EXPECT_EQ(tag_of(off, AllocKind::Heap).avg_lifetime_frames, 0.0);
  EXPECT_TRUE(tag_of(off, AllocKind::Heap).diagnostics.empty());
  for (char* block : held) alloc.heap_free(block);
}

}  // namespace
}  // namespace framealloc
