// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/event_history.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "support/report_log.hpp"

namespace framealloc {
namespace {

using namespace framealloc::literals;

std::vector<FrameRecord> records(std::size_t count) {
  std::vector<FrameRecord> frames(count);
  for (std::size_t i = 0; i < count; ++i) {
    frames[i].frame_number = i + 1;
    frames[i].bytes_in_use = i == 17 ? 1'000'000 : 100 + i;
    frames[i].peak_memory = 7 * i;
  }
  return frames;
}

using Counts = std::initializer_list<std::size_t>;

TEST(MemoryGraph, NeverHasMorePointsThanAskedFor) {
  for (std::size_t count : Counts{0, 1, 2, 3, 29, 30, 31, 59, 60, 61, 300}) {
    for (std::size_t most : Counts{0, 1, 2, 7, 30, 31, 299, 300, 1000}) {
      const MemoryGraphData graph = make_memory_graph(records(count), most);
      EXPECT_EQ(graph.current.size(), std::min(count, most)) << count << ' ' << most;
      EXPECT_EQ(graph.peak.size(), graph.current.size());
      EXPECT_EQ(graph.frames.size(), graph.current.size());
      if (graph.frames.empty()) continue;
      EXPECT_EQ(graph.frames.back(), count) << "the newest frame is the last point";
      if (count > 17) {
        EXPECT_EQ(graph.max_value(), 1'000'000u) << "a peak is never lost";
      }
    }
  }
}

TEST(MemoryGraph, NormalizesByThePeak) {
  const MemoryGraphData graph = make_memory_graph(records(20), 20);
  const std::vector<double> parts = graph.normalized_current();
  ASSERT_EQ(parts.size(), 20u);
  EXPECT_DOUBLE_EQ(parts[17], 1.0);
  EXPECT_DOUBLE_EQ(parts[0], 100.0 / 1'000'000);
  const MemoryGraphData nothing = make_memory_graph(std::vector<FrameRecord>(3), 3);
  EXPECT_EQ(nothing.normalized_current(), std::vector<double>(3, 0.0));
  EXPECT_EQ(memory_timeline(records(3)), (std::vector<std::size_t>{100, 101, 102}));
  EXPECT_EQ(peak_timeline(records(3)), (std::vector<std::size_t>{0, 7, 14}));
}

TEST(EventHistory, KeepsTheLatestFrames) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking(10));
  for (int frame = 1; frame <= 25; ++frame) {
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc_layout(static_cast<std::size_t>(frame) * 16, 16), nullptr);
    alloc.end_frame();
    EXPECT_LE(alloc.frame_history().size(), 10u);
  }
  const std::vector<FrameRecord> frames = alloc.frame_history();
  ASSERT_EQ(frames.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(frames[i].frame_number, 16 + i);
    EXPECT_EQ(frames[i].total_allocated, (16 + i) * 16);
    EXPECT_GT(frames[i].reserved, 0u);
    if (i > 0) {
      EXPECT_GE(frames[i].end_ns, frames[i - 1].end_ns);
    }
  }
  const LifecycleSummary summary = alloc.lifecycle_summary();
  EXPECT_EQ(summary.total_frames, 25u);
  EXPECT_EQ(summary.peak_memory, 25u * 16);
  EXPECT_EQ(summary.total_allocated, 25u * 26 / 2 * 16);
  EXPECT_EQ(summary.thread_count, 1u);
  EXPECT_NE(summary.to_string().find("25 frames"), std::string::npos);
  EXPECT_EQ(alloc.memory_graph(4).frames, (std::vector<std::uint64_t>{17, 20, 22, 25}));
}

TEST(EventHistory, BeginsAnewWhenEnabledAgain) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking(4));
  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
    alloc.end_frame();
  }
  ASSERT_TRUE(alloc.enable_lifecycle_tracking(8));
  EXPECT_TRUE(alloc.frame_history().empty());
  EXPECT_EQ(alloc.lifecycle_summary().total_frames, 0u);
  EXPECT_EQ(alloc.lifecycle_summary().total_allocated, 0u);
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(alloc.frame_history().size(), 1u);
}

TEST(EventHistory, WithoutMemoryTrackingStaysOff) {
  testing::ReportLog reports;
  AllocConfig config = AllocConfig::minimal().with_memory_limit(4_MiB);
  config.with_report_handler(&testing::ReportLog::handler, &reports);
  SmartAlloc alloc(config);
  EXPECT_FALSE(alloc.enable_lifecycle_tracking(1'000'000));
  EXPECT_FALSE(alloc.is_lifecycle_tracking_enabled());
  EXPECT_EQ(reports.count(Code::FA012), 1u);
  EXPECT_TRUE(alloc.enable_lifecycle_tracking(100));
}

}  // namespace
}  // namespace framealloc
