// SPDX-License-Identifier: MIT OR Apache-2.0
// Phases: true bytes and times, nesting, several threads.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

namespace framealloc {
namespace {

using testing::ReportLog;

class Phases : public ::testing::Test {
 protected:
  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log)};

  PhaseStats stats_of(const std::string& name) {
    for (const PhaseStats& each : alloc.phase_stats()) {
      if (each.name == name) return each;
    }
    ADD_FAILURE() << "no phase " << name;
    return {};
  }
};

TEST_F(Phases, CountTheBytesAllocatedInThem) {
  alloc.begin_frame();
  (void)alloc.frame_alloc<char[512]>();
  alloc.begin_phase("physics");
  EXPECT_EQ(alloc.current_phase(), "physics");
  (void)alloc.frame_alloc<char[1024]>();
  alloc.begin_phase("broad");
  (void)alloc.frame_alloc<char[256]>();
  const std::optional<Phase> inner = alloc.end_phase();
  const std::optional<Phase> outer = alloc.end_phase();
  ASSERT_TRUE(inner && outer);
  EXPECT_EQ(inner->name, "broad");
  EXPECT_EQ(inner->bytes_allocated, 256u);
  EXPECT_EQ(outer->name, "physics");
  EXPECT_EQ(outer->bytes_allocated, 1280u);
  EXPECT_EQ(alloc.current_phase(), "");
  alloc.end_frame();
  EXPECT_EQ(stats_of("physics").bytes_allocated, 1280u);
  EXPECT_EQ(stats_of("physics").count, 1u);
}

TEST_F(Phases, WhatWasRolledBackWasStillAllocated) {
  alloc.begin_frame();
  alloc.begin_phase("p");
  for (int i = 0; i < 3; ++i) {
    const FrameScope scope = alloc.frame_scope();
    (void)alloc.frame_alloc<char[160]>();
  }
  EXPECT_EQ(alloc.end_phase()->bytes_allocated, 480u);
}

TEST_F(Phases, TakeAtLeastTheTimeThatPassedInThem) {
  alloc.begin_frame();
  alloc.begin_phase("wait");
  const auto before = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - before < std::chrono::milliseconds(2)) {
  }
  const std::optional<Phase> phase = alloc.end_phase();
  EXPECT_GE(phase->duration(), std::chrono::milliseconds(2));
  EXPECT_EQ(stats_of("wait").total_ns, phase->duration_ns);
  EXPECT_EQ(stats_of("wait").max_ns, phase->duration_ns);
}

TEST_F(Phases, SumOverFramesAndThreads) {
  for (int frame = 1; frame <= 4; ++frame) {
    alloc.begin_frame();
    const auto work = [&] {
      const PhaseScope scope = alloc.phase_scope("work");
      for (int i = 0; i < frame; ++i) (void)alloc.frame_alloc<char[64]>();
    };
    work();
    std::thread(work).join();
    alloc.end_frame();
  }
  const PhaseStats stats = stats_of("work");
  EXPECT_EQ(stats.count, 8u);
  EXPECT_EQ(stats.bytes_allocated, 2u * 64 * (1 + 2 + 3 + 4));
  EXPECT_EQ(stats.last_frame_bytes, 2u * 64 * 4);
  EXPECT_EQ(stats.peak_frame_bytes, 2u * 64 * 4);
}

TEST_F(Phases, EndingWithoutABeginIsReported) {
  EXPECT_FALSE(alloc.end_phase());
  alloc.begin_frame();
  EXPECT_FALSE(alloc.end_phase());
  EXPECT_EQ(log.count(Code::FA004), 2u);
}

TEST_F(Phases, LeftOpenAtTheFramesEndTheyAreReportedAndDropped) {
  alloc.begin_frame();
  alloc.begin_phase("open");
  alloc.end_frame();
  EXPECT_EQ(log.count(Code::FA004), 1u);
  EXPECT_EQ(alloc.current_phase(), "");
  alloc.begin_frame();
  alloc.begin_phase("next");
  (void)alloc.frame_alloc<char[32]>();
  EXPECT_EQ(alloc.end_phase()->bytes_allocated, 32u);
}

TEST_F(Phases, AScopeEndsItsOwnAndWhatIsInside) {
  alloc.begin_frame();
  alloc.begin_phase("outside");
  {
    const PhaseScope scope = alloc.phase_scope("scope");
    alloc.begin_phase("forgotten");
  }
  EXPECT_EQ(alloc.current_phase(), "outside");
  {
    const PhaseScope scope = alloc.phase_scope("scope");
    (void)alloc.end_phase();
  }
  EXPECT_EQ(alloc.current_phase(), "outside");
  EXPECT_EQ(stats_of("scope").count, 2u);
}

TEST_F(Phases, AcrossAThreadsOwnFrameTheBytesOfBothCount) {
  alloc.begin_frame();
  alloc.begin_phase("both");
  (void)alloc.frame_alloc<char[64]>();
  alloc.begin_thread_frame();
  (void)alloc.frame_alloc<char[128]>();
  alloc.end_thread_frame();
  (void)alloc.frame_alloc<char[32]>();
  EXPECT_EQ(alloc.end_phase()->bytes_allocated, 224u);
}

TEST_F(Phases, MoreNamesThanTheTableHoldsAreSummedUp) {
  alloc.begin_frame();
  for (int i = 0; i < 400; ++i) {
    alloc.begin_phase("phase number " + std::to_string(i));
    (void)alloc.frame_alloc<char[16]>();
    EXPECT_EQ(alloc.end_phase()->bytes_allocated, 16u);
  }
  std::size_t bytes = 0;
  for (const PhaseStats& each : alloc.phase_stats()) bytes += each.bytes_allocated;
  EXPECT_EQ(bytes, 400u * 16);
}

}  // namespace
}  // namespace framealloc
