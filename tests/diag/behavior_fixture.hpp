// SPDX-License-Identifier: MIT OR Apache-2.0
// An allocator whose behavior is watched, and frames that do one thing under one tag.
#pragma once

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

namespace framealloc::testing {

struct Thing {
  double data[4] = {};
};

class BehaviorWorld : public ::testing::Test {
 protected:
  BehaviorWorld() { EXPECT_TRUE(alloc.enable_behavior_filter()); }
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

}  // namespace framealloc::testing
