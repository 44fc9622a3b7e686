// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames with several tags or chunks, or rewound by scopes, end the short way; the figures are
// those of the long one.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace framealloc {
namespace {

using testing::ReportLog;

class SettledFrame : public ::testing::TestWithParam<bool> {
 protected:
  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal()
                       .with_budgets(GetParam())
                       .with_frame_arena_size(std::size_t{64} << 10)
                       .with_frame_chunk_size(std::size_t{64} << 10)
                       .with_report_handler(&ReportLog::handler, &log)};
  std::size_t charged() {
    return alloc.budgets() == nullptr ? 0 : alloc.budgets()->get_global_budget().current_usage;
  }
};

TEST_P(SettledFrame, EightChangesOfTheTag) {
  for (std::size_t frame = 1; frame <= 20; ++frame) {
    alloc.begin_frame();
    (void)alloc.frame_alloc_batch<char>(16 * frame);
    for (int i = 0; i < 4; ++i) {
      const TagScope tag = alloc.tag_scope(i % 2 == 0 ? "even" : "odd");
      (void)alloc.frame_alloc_batch<char>(160);
    }
    EXPECT_TRUE(alloc.frame_arena().settled()) << "the frame ends the long way";
    EXPECT_EQ(alloc.tag_stats("even").frame_bytes, 320U);
    EXPECT_EQ(alloc.stats().frame_allocated, 16 * frame + 640);
    alloc.end_frame();
    EXPECT_EQ(charged(), 0U);
    EXPECT_EQ(alloc.stats().frame_allocated, 0U);
    EXPECT_EQ(alloc.tag_stats("odd").frame_bytes, 0U);
  }
  EXPECT_EQ(alloc.frame_stats().peak_bytes, 16U * 20 + 640);
  EXPECT_EQ(log.size(), 0U);
}

TEST_P(SettledFrame, ATagThatChangesBetweenFrames) {
  for (int frame = 0; frame < 6; ++frame) {
    const TagScope tag = alloc.tag_scope(frame % 2 == 0 ? "even" : "odd");
    alloc.begin_frame();
    (void)alloc.frame_alloc_batch<char>(160);
    EXPECT_EQ(alloc.tag_stats(frame % 2 == 0 ? "even" : "odd").frame_bytes, 160U);
    EXPECT_EQ(alloc.tag_stats(frame % 2 == 0 ? "odd" : "even").frame_bytes, 0U);
    alloc.end_frame();
    EXPECT_EQ(charged(), 0U);
  }
}

TEST_P(SettledFrame, SeveralChunks) {
  for (int frame = 0; frame < 40; ++frame) {
    alloc.begin_frame();
    const bool large = frame < 10;
    for (int i = 0; i < (large ? 5 : 1); ++i) {
      ASSERT_NE(alloc.frame_alloc_batch<char>(std::size_t{40} << 10), nullptr);
    }
    EXPECT_TRUE(alloc.frame_arena().settled()) << frame;
    alloc.end_frame();
    EXPECT_EQ(charged(), 0U);
  }
  EXPECT_LT(alloc.frame_arena().chunk_bytes(), std::size_t{200} << 10)
      << "chunks that frames do not need any more are kept";
}

TEST_P(SettledFrame, AFrameThatAnotherThreadEnds) {
  alloc.begin_frame();
  alloc.end_frame();
  alloc.begin_frame();
  {
    const TagScope tag = alloc.tag_scope("a");
    (void)alloc.frame_alloc_batch<char>(160);
  }
  std::thread([&] {
    alloc.end_frame();
    alloc.begin_frame();
  }).join();
  EXPECT_EQ(alloc.tag_stats("a").frame_bytes, 0U);
  (void)alloc.frame_alloc_batch<char>(32);
  EXPECT_EQ(alloc.frame_arena().position(), 32U);
  alloc.end_frame();
  EXPECT_EQ(charged(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Budgets, SettledFrame, ::testing::Bool());

TEST(SettledScopes, AreQuickUnderAnyTagAndInAnyChunk) {
  SmartAlloc alloc(AllocConfig::minimal()
                       .with_frame_arena_size(std::size_t{64} << 10)
                       .with_frame_chunk_size(std::size_t{64} << 10));
  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    const TagScope tag = alloc.tag_scope("a");
    (void)alloc.frame_alloc_batch<char>(std::size_t{40} << 10);
    (void)alloc.frame_alloc_batch<char>(std::size_t{40} << 10);
    const std::size_t before = alloc.frame_arena().position();
    {
      EXPECT_TRUE(alloc.frame_arena().scopes_are_quick());
      const FrameScope scope = alloc.frame_scope();
      (void)alloc.frame_alloc_batch<char>(1600);
      {
        const TagScope inner = alloc.tag_scope("b");
        (void)alloc.frame_alloc_batch<char>(std::size_t{40} << 10);  // and another chunk
        const FrameScope nested = alloc.frame_scope();
        (void)alloc.frame_alloc_batch<char>(160);
      }
      EXPECT_EQ(alloc.tag_stats("a::b").frame_bytes, std::size_t{40} << 10);
    }
    EXPECT_EQ(alloc.frame_arena().position(), before);
    EXPECT_EQ(alloc.tag_stats("a").frame_bytes, before);
    EXPECT_EQ(alloc.tag_stats("a::b").frame_bytes, 0U);
    EXPECT_TRUE(alloc.frame_arena().settled());
    alloc.end_frame();
  }
  EXPECT_EQ(alloc.frame_stats().peak_bytes, (std::size_t{120} << 10) + 1600 + 160);
}

}  // namespace
}  // namespace framealloc
