// SPDX-License-Identifier: MIT OR Apache-2.0
// Every field of the configuration does what it says, and what cannot be is refused by name.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

AllocConfig small(ReportLog& log) {
  return AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
}

TEST(Config, FrameArenaSizeIsHonored) {
  for (const std::size_t size : {64_KiB, 1_MiB, 3_MiB, 20_MiB}) {
    ReportLog log;
    SmartAlloc alloc(
        small(log).with_frame_arena_size(size).with_frame_overflow(FrameOverflow::Fail));
    alloc.begin_frame();
    // Held from the first frame on, so that a frame of that size takes nothing from the source.
    const std::size_t reserved = alloc.stats().reserved;
    EXPECT_GE(reserved, size);
    EXPECT_LT(reserved, size + 2_MiB);
    EXPECT_EQ(alloc.frame_remaining(), size);
    for (std::size_t i = 0; i < size / 1_KiB; ++i) {
      ASSERT_NE(alloc.frame_alloc_layout(1_KiB, 16), nullptr) << size << " " << i;
    }
    EXPECT_EQ(alloc.stats().reserved, reserved);
    EXPECT_EQ(alloc.frame_alloc_layout(1, 1), nullptr);
    EXPECT_EQ(alloc.frame_remaining(), 0u);
    EXPECT_EQ(log.count(Code::FA003), 1u);
    alloc.end_frame();
  }
}

TEST(Config, FramesInFlightEachHaveTheirArena) {
  ReportLog log;
  for (unsigned k = 1; k <= 4; ++k) {
    SmartAlloc alloc(small(log).with_frame_arena_size(4_MiB).with_frames_in_flight(k));
    for (int i = 0; i < 8; ++i) {
      alloc.begin_frame();
      (void)alloc.frame_alloc<int>();
      alloc.end_frame();
    }
    EXPECT_GE(alloc.stats().reserved, k * 4_MiB);
    EXPECT_LT(alloc.stats().reserved, k * 4_MiB + 3_MiB);
  }
}

struct Impossible {
  const char* field;
  AllocConfig config;
};

TEST(Config, EachImpossibleFieldIsNamed) {
  static constexpr std::size_t kBadClasses[] = {16, std::size_t{1} << 40};
  ReportLog log;
  const std::vector<Impossible> cases{
      {"frame_arena_size", small(log).with_frame_arena_size(0)},
      {"frame_arena_size", small(log).with_frame_arena_size(100)},
      {"frame_arena_size", small(log).with_frame_arena_size(SIZE_MAX)},
      {"frame_chunk_size", small(log).with_frame_chunk_size(0)},
      {"frame_chunk_size", small(log).with_frame_chunk_size(3_MiB)},
      {"frame_chunk_size", small(log).with_frame_chunk_size(4_KiB)},
      {"frame_chunk_size", small(log).with_frame_chunk_size(SIZE_MAX)},
      {"frames_in_flight", small(log).with_frames_in_flight(0)},
      {"frames_in_flight", small(log).with_frames_in_flight(5)},
      {"frame_overflow", small(log).with_frame_overflow(static_cast<FrameOverflow>(9))},
      {"slab_page_size", small(log).with_slab_page_size(0)},
      {"slab_page_size", small(log).with_slab_page_size(100)},
      {"slab_page_size", small(log).with_slab_page_size(24_KiB)},
      {"slab_page_size", small(log).with_slab_page_size(1_GiB)},
      {"slab_pages_per_class", small(log).with_slab_pages_per_class(SIZE_MAX)},
      {"slab_size_classes", small(log).with_slab_size_classes(kBadClasses)},
      {"guard", small(log).with_guard(static_cast<GuardMode>(9))},
  };
  for (const Impossible& each : cases) {
    SCOPED_TRACE(each.field);
    const Result<SmartAlloc> made = SmartAlloc::create(each.config);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Code::FA010);
    const std::string message(made.error().message.view());
    EXPECT_NE(message.find(each.field), std::string::npos) << message;
    // And what can be.
    EXPECT_TRUE(message.find("expected") != std::string::npos ||
                message.find("has to be") != std::string::npos)
        << message;
    EXPECT_FALSE(each.config.validate());

    log.clear();
    SmartAlloc alloc(each.config);
    EXPECT_FALSE(alloc);
    ASSERT_EQ(log.count(Code::FA010), 1u);
    EXPECT_EQ(log.last().message, message);
  }
}

TEST(Config, PresetsAndDefaultsAreValid) {
  EXPECT_TRUE(AllocConfig{}.validate());
  EXPECT_TRUE(AllocConfig::minimal().validate());
  EXPECT_TRUE(AllocConfig::high_performance().validate());
  EXPECT_EQ(AllocConfig{}.frame_arena_size, 16_MiB);
  EXPECT_EQ(AllocConfig::minimal().frame_arena_size, 1_MiB);
  EXPECT_EQ(AllocConfig::high_performance().frame_arena_size, 64_MiB);
}

TEST(Config, SettersSetTheirFieldAlone) {
  const AllocConfig config = AllocConfig{}
                                 .with_frame_arena_size(1_MiB)
                                 .with_frames_in_flight(3)
                                 .with_budgets()
                                 .with_memory_limit(64_MiB)
                                 .with_prefault()
                                 .with_huge_pages();
  EXPECT_EQ(config.frame_arena_size, 1_MiB);
  EXPECT_EQ(config.frames_in_flight, 3u);
  EXPECT_TRUE(config.enable_budgets);
  EXPECT_EQ(config.global_memory_limit, 64_MiB);
  EXPECT_TRUE(config.prefault && config.huge_pages);
  EXPECT_EQ(config.frame_chunk_size, AllocConfig{}.frame_chunk_size);
}

TEST(Config, AnAllocatorThatCouldNotBeMadeAnswersNullToEverything) {
  ReportLog log;
  SmartAlloc alloc(small(log).with_frames_in_flight(9));
  const std::size_t reports = log.size();
  ASSERT_FALSE(alloc);
  alloc.begin_frame();
  EXPECT_FALSE(alloc.in_frame());
  EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
  EXPECT_EQ(alloc.frame_alloc_batch<int>(4), nullptr);
  EXPECT_EQ(alloc.frame_alloc_layout(16, 64), nullptr);
  EXPECT_EQ(alloc.frame_new<std::string>("x"), nullptr);
  EXPECT_FALSE(alloc.frame_box<int>(3));
  EXPECT_EQ(alloc.frame_slice<int>(3).size(), 0u);
  EXPECT_FALSE(alloc.frame_vec<int>().try_push(1));
  EXPECT_EQ(alloc.pool_alloc<int>(), nullptr);
  alloc.pool_free<int>(nullptr);
  EXPECT_FALSE(alloc.pool_box<int>(3));
  EXPECT_EQ(alloc.heap_alloc<int>(10), nullptr);
  alloc.heap_free<int>(nullptr);
  EXPECT_FALSE(alloc.heap_box<int>(3));
  EXPECT_EQ(alloc.budgets(), nullptr);
  EXPECT_EQ(alloc.stats().reserved, 0u);
  EXPECT_FALSE(alloc.rollback_to(alloc.frame_checkpoint()));
  EXPECT_EQ(alloc.with_tag("x", [] { return 7; }), 7);
  {
    const FrameScope scope = alloc.frame_scope();
  }
  {
    const PhaseScope scope = alloc.phase_scope("p");
  }
  EXPECT_EQ(alloc.tag_path(), "");
  EXPECT_EQ(alloc.trim(), 0u);
  EXPECT_TRUE(alloc.leak_report().empty());
  alloc.end_frame();
  EXPECT_EQ(log.size(), reports);
}

TEST(Config, ADifferingSwitchIsNamed) {
  const BuildConfig mine = library_build_config();
  EXPECT_EQ(build_config_difference(header_build_config(), mine), "");
  BuildConfig other = mine;
  other.check_level ^= 1;
  EXPECT_NE(build_config_difference(other, mine).find("CHECK_LEVEL"), std::string_view::npos)
      << build_config_difference(other, mine);
  EXPECT_DEATH((void)SmartAlloc(AllocConfig::minimal(), other), "CHECK_LEVEL");
}

}  // namespace
}  // namespace framealloc
