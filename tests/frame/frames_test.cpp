// SPDX-License-Identifier: MIT OR Apache-2.0
// The frame's life as a program sees it: balance, numbers, overflow policies, frames in flight.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

AllocConfig small(ReportLog& log) {
  return AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
}

TEST(Frames, UnbalancedCallsAreReportedAndLoseNothing) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.end_frame();
  EXPECT_EQ(log.count(Code::FA004), 1u);
  EXPECT_EQ(alloc.frame_number(), 0u);
  alloc.begin_frame();
  auto* kept = alloc.frame_alloc<std::uint64_t>();
  *kept = 42;
  alloc.begin_frame();
  EXPECT_EQ(log.count(Code::FA004), 2u);
  EXPECT_EQ(alloc.frame_number(), 1u);
  auto* second = alloc.frame_alloc<std::uint64_t>();
  EXPECT_NE(second, kept);
  *second = 7;
  EXPECT_EQ(*kept, 42u);
  EXPECT_EQ(alloc.stats().frame_allocated, 32u);
  alloc.end_frame();
  EXPECT_FALSE(alloc.in_frame());
  alloc.end_frame();
  alloc.end_frame();
  EXPECT_EQ(log.count(Code::FA004), 4u);
  EXPECT_EQ(alloc.frame_number(), 1u);
  alloc.begin_frame();
  EXPECT_EQ(alloc.frame_number(), 2u);
  EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
}

TEST(Frames, WithNoFrameOpenEveryEntryRefuses) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  const auto refuse_all = [&] {
    log.clear();
    EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
    EXPECT_EQ(alloc.try_frame_alloc<int>(), nullptr);
    EXPECT_EQ(alloc.frame_alloc_batch<int>(10), nullptr);
    EXPECT_EQ(alloc.frame_alloc_2<int>(), nullptr);
    EXPECT_EQ(alloc.frame_alloc_layout(16, 64), nullptr);
    EXPECT_EQ(alloc.frame_arena().alloc<int>(), nullptr);
    EXPECT_EQ(alloc.frame_new<int>(3), nullptr);
    EXPECT_FALSE(alloc.frame_box<int>(3));
    EXPECT_EQ(alloc.frame_slice<int>(3).size(), 0u);
    EXPECT_EQ(log.count(Code::FA001), 9u);
    EXPECT_EQ(log.size(), 9u);
    EXPECT_FALSE(alloc.in_frame());
  };
  refuse_all();
  alloc.begin_frame();
  EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
  alloc.end_frame();
  refuse_all();
  EXPECT_EQ(alloc.stats().frame_allocated, 0u);
}

TEST(Frames, FallbackServesTheFrameAndEnlargesTheNext) {
  ReportLog log;
  SmartAlloc alloc(
      small(log).with_frame_arena_size(64_KiB).with_frame_overflow(FrameOverflow::HeapFallback));
  for (int frame = 0; frame < 6; ++frame) {
    alloc.begin_frame();
    std::vector<unsigned char*> blocks;
    for (int i = 0; i < 400; ++i) {
      auto* block = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[512]>());
      ASSERT_NE(block, nullptr);
      std::memset(block, i % 256, 512);
      blocks.push_back(block);
    }
    for (int i = 0; i < 400; ++i) {
      ASSERT_EQ(blocks[static_cast<std::size_t>(i)][511], static_cast<unsigned char>(i % 256));
    }
    const FrameStats stats = alloc.frame_stats();
    EXPECT_EQ(stats.fallback_bytes, frame == 0 ? 400u * 512 - 64_KiB : 0u) << frame;
    EXPECT_EQ(stats.overflow_count, 400u - 128) << frame;
    EXPECT_EQ(alloc.stats().heap_allocated, stats.fallback_bytes);
    alloc.end_frame();
    EXPECT_EQ(alloc.stats().heap_allocated, 0u);
  }
  EXPECT_EQ(log.count(Code::FA003), 1u);
}

TEST(Frames, GrowGoesFarPastTheArenasSize) {
  ReportLog log;
  SmartAlloc alloc(small(log).with_frame_arena_size(64_KiB));
  alloc.begin_frame();
  for (int i = 0; i < 5000; ++i) {
    auto* block = alloc.frame_alloc<char[1000]>();
    ASSERT_NE(block, nullptr);
    std::memset(block, 1, 1000);
  }
  EXPECT_EQ(alloc.stats().overflow_count, 0u);
  EXPECT_EQ(alloc.frame_stats().bytes_allocated, 5000u * 1008);
  alloc.end_frame();
  EXPECT_EQ(alloc.frame_stats().bytes_allocated, 5000u * 1008);
  EXPECT_EQ(alloc.stats().frame_allocated, 0u);
}

TEST(Frames, MemoryLivesAsLongAsItsFramesAreInFlight) {
  ReportLog log;
  for (unsigned k = 1; k <= 4; ++k) {
    SmartAlloc alloc(small(log).with_frame_arena_size(64_KiB).with_frames_in_flight(k));
    std::vector<std::vector<unsigned char*>> frames;
    for (unsigned n = 0; n < 30; ++n) {
      alloc.begin_frame();
      frames.emplace_back();
      for (unsigned i = 0; i < 200; ++i) {
        auto* block = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[777]>());
        ASSERT_NE(block, nullptr);
        std::memset(block, static_cast<int>((n * 31 + i) % 256), 777);
        frames.back().push_back(block);
      }
      const unsigned valid = n + 1 < k ? n + 1 : k;
      EXPECT_EQ(alloc.stats().frame_allocated, valid * 200u * 784) << k << " " << n;
      for (unsigned back = 0; back < valid; ++back) {
        for (unsigned i = 0; i < 200; ++i) {
          for (const int at : {0, 400, 776}) {
            ASSERT_EQ(frames[n - back][i][at],
                      static_cast<unsigned char>(((n - back) * 31 + i) % 256))
                << k << " in flight, frame " << n << ", " << back << " back";
          }
        }
      }
      alloc.end_frame();
      EXPECT_EQ(alloc.stats().frame_allocated, (n + 2 < k ? n + 1 : k - 1) * 200u * 784);
    }
  }
}

TEST(Frames, StatisticsTellTheFrame) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  (void)alloc.frame_alloc<char[1000]>();
  {
    const FrameScope scope = alloc.frame_scope();
    (void)alloc.frame_alloc<char[5000]>();
  }
  FrameStats stats = alloc.frame_stats();
  EXPECT_TRUE(stats.open);
  EXPECT_EQ(stats.frame_number, 1u);
  EXPECT_EQ(stats.bytes_allocated, 1008u);
  EXPECT_EQ(stats.peak_bytes, 6016u);
  EXPECT_EQ(stats.high_water, 6016u);
  alloc.end_frame();
  stats = alloc.frame_stats();
  EXPECT_FALSE(stats.open);
  EXPECT_EQ(stats.bytes_allocated, 1008u);
  EXPECT_EQ(stats.peak_bytes, 6016u);
  alloc.begin_frame();
  (void)alloc.frame_alloc<char[16]>();
  stats = alloc.frame_stats();
  EXPECT_EQ(stats.frame_number, 2u);
  EXPECT_EQ(stats.bytes_allocated, 16u);
  EXPECT_EQ(stats.last_frame_bytes, 1008u);
  EXPECT_EQ(stats.peak_bytes, 16u);
  EXPECT_EQ(stats.high_water, 6016u);
  EXPECT_GE(alloc.stats().peak_allocated, 1008u);
}

TEST(Frames, CallsAreCountedWhileAsked) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  for (int i = 0; i < 5; ++i) (void)alloc.frame_alloc<int>();
  EXPECT_EQ(alloc.frame_stats().allocation_count, 0u);
  alloc.count_frame_allocations(true);
  for (int i = 0; i < 7; ++i) (void)alloc.frame_alloc<int>();
  EXPECT_EQ(alloc.frame_stats().allocation_count, 7u);
  alloc.end_frame();
  alloc.begin_frame();
  for (int i = 0; i < 3; ++i) (void)alloc.frame_arena().alloc_bytes(10);
  EXPECT_EQ(alloc.frame_stats().allocation_count, 3u);
  alloc.count_frame_allocations(false);
  for (int i = 0; i < 5; ++i) (void)alloc.frame_alloc<int>();
  EXPECT_EQ(alloc.frame_stats().allocation_count, 3u);
  EXPECT_EQ(alloc.stats().allocation_count, 10u);
}

}  // namespace
}  // namespace framealloc
