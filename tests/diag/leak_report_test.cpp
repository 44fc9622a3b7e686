// SPDX-License-Identifier: MIT OR Apache-2.0
// Leaks by tag and place, at shutdown and on demand; reports that may call the allocator.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using testing::ReportLog;

AllocConfig small(ReportLog& log) {
  AllocConfig config = AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
  config.checked = true;
  return config;
}

// Groups of blocks that nobody freed. Through the checked entries, whatever the check level.
struct Leaker {
  SmartAlloc& alloc;
  std::uint32_t small_line = 0;
  std::uint32_t large_line = 0;
  std::vector<std::uint64_t*> small{};
  std::vector<char*> large{};
  void leak() {
    alloc.begin_frame();
    alloc.with_tag("game::physics", [&] {
      for (int i = 0; i < 10; ++i) {
        small_line = __LINE__ + 1;
        small.push_back(alloc.pool_alloc<std::uint64_t>());
      }
      for (int i = 0; i < 3; ++i) {
        large_line = __LINE__ + 1;
        large.push_back(alloc.heap_alloc<char>(5000));
      }
    });
    alloc.end_frame();
    for (int i = 0; i < 4; ++i) {
      alloc.begin_frame();
      alloc.end_frame();
    }
  }
  void free() {
    for (auto* block : small) alloc.pool_free(block);
    for (auto* block : large) alloc.heap_free(block);
  }
};

TEST(LeakReport, GroupsByTagAndPlace) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  EXPECT_TRUE(alloc.leak_report().empty());
  Leaker leaker{alloc};
  leaker.leak();
  const LeakReport report = alloc.leak_report();
  ASSERT_EQ(report.groups.size(), 2u);
  const LeakGroup& heap = report.groups[0];  // most bytes first
  const LeakGroup& pool = report.groups[1];
  EXPECT_EQ(heap.kind, AllocKind::Heap);
  EXPECT_EQ(heap.tag, "game::physics");
  EXPECT_EQ(heap.count, 3u);
  EXPECT_GE(heap.bytes, 15000u);
  EXPECT_EQ(heap.site.line, leaker.large_line);
  EXPECT_NE(std::string(heap.site.file).find("leak_report_test"), std::string::npos);
  EXPECT_EQ(pool.kind, AllocKind::Pool);
  EXPECT_EQ(pool.count, 10u);
  EXPECT_EQ(pool.bytes, 80u);  // as asked for
  EXPECT_EQ(pool.site.line, leaker.small_line);
  EXPECT_EQ(pool.oldest_frame, 1u);
  EXPECT_EQ(report.frame, 5u);
  EXPECT_EQ(report.total_count, 13u);
  EXPECT_EQ(report.total_bytes, heap.bytes + pool.bytes);
  const std::string text = report.to_string();
  EXPECT_NE(text.find("game::physics"), std::string::npos);
  EXPECT_NE(text.find("4 frames ago"), std::string::npos);
  EXPECT_NE(text.find("leak_report_test"), std::string::npos);
  leaker.free();
  EXPECT_TRUE(alloc.leak_report().empty());
}

TEST(LeakReport, ComesAtShutdownOncePerGroup) {
  ReportLog log;
  std::uint32_t small_line = 0;
  {
    SmartAlloc alloc(small(log));
    Leaker leaker{alloc};
    leaker.leak();
    small_line = leaker.small_line;
  }
  ASSERT_EQ(log.count(Code::FA007), 2u);
  EXPECT_EQ(log.size(), 2u);
  const auto entries = log.all();
  EXPECT_EQ(entries[0].tag, "game::physics");
  EXPECT_GE(entries[0].requested, 15000u);
  EXPECT_EQ(entries[1].line, small_line);
  EXPECT_NE(entries[1].message.find("10 pool blocks"), std::string::npos) << entries[1].message;
}

TEST(LeakReport, NothingToReportIsSilent) {
  ReportLog log;
  {
    SmartAlloc alloc(small(log));
    Leaker leaker{alloc};
    leaker.leak();
    leaker.free();
    alloc.begin_frame();
    // What the frame owns is no leak, boxes in it included.
    (void)alloc.frame_new<PoolBox<int>>(alloc.pool_box<int>(3));
    (void)alloc.frame_alloc<int>();
  }
  EXPECT_EQ(log.size(), 0u) << log.last().message;
}

TEST(LeakReport, WithoutChecksTellsTheBytesByTag) {
  ReportLog log;
  AllocConfig config = small(log);
  config.checked = false;
  SmartAlloc alloc(config);
  auto* block = alloc.with_tag("t", [&] { return alloc.pool_alloc<std::uint64_t>(); });
  const LeakReport report = alloc.leak_report();
  ASSERT_EQ(report.groups.size(), 1u);
  EXPECT_EQ(report.groups[0].tag, "t");
  EXPECT_EQ(report.groups[0].bytes, kCheckLevel == 0 ? 16u : 8u);
  alloc.pool_free(block);
}

TEST(Reports, AHandlerMayCallTheAllocator) {
  struct Context {
    SmartAlloc* alloc = nullptr;
    std::vector<Code> codes;
    std::vector<int*> blocks;
  } context;
  AllocConfig config = AllocConfig::minimal();
  config.frame_overflow = FrameOverflow::Fail;
  config.on_report = [](const Report& report, void* p) {
    auto& c = *static_cast<Context*>(p);
    c.codes.push_back(report.code);
    if (c.alloc == nullptr) return;
    c.blocks.push_back(c.alloc->pool_alloc<int>());
    (void)c.alloc->stats();
    (void)c.alloc->all_tag_stats();
    (void)c.alloc->frame_alloc<char[1 << 20]>();  // fails as well; must not come back forever
    const TagScope scope = c.alloc->tag_scope("handler");
    (void)c.alloc->trim();
  };
  config.report_context = &context;
  {
    SmartAlloc alloc(config);
    context.alloc = &alloc;
    alloc.begin_frame();
    EXPECT_EQ((alloc.frame_alloc<char[2 << 20]>()), nullptr);
    alloc.begin_frame();
    alloc.end_frame();
    EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
    alloc.end_frame();
    EXPECT_EQ(context.codes, (std::vector{Code::FA003, Code::FA004, Code::FA001, Code::FA004}));
    for (int* block : context.blocks) alloc.pool_free(block);
    context.alloc = nullptr;
  }
  EXPECT_EQ(context.codes.size(), 4u);
}

TEST(Reports, NameTheCulprit) {
  ReportLog log;
  SmartAlloc alloc(small(log).with_frame_overflow(FrameOverflow::Fail));
  for (int i = 0; i < 7; ++i) {
    alloc.begin_frame();
    if (i != 6) alloc.end_frame();
  }
  alloc.with_tag("a::b", [&] { EXPECT_EQ((alloc.frame_alloc<char[2 << 20]>()), nullptr); });
  const ReportLog::Entry entry = log.last();
  EXPECT_EQ(entry.code, Code::FA003);
  EXPECT_EQ(entry.tag, "a::b");
  EXPECT_EQ(entry.frame, 7u);
  EXPECT_EQ(entry.requested, std::size_t{2} << 20);
  EXPECT_EQ(entry.available, alloc.frame_remaining());
  EXPECT_NE(entry.message.find("frame_arena_size"), std::string::npos);
}

}  // namespace
}  // namespace framealloc
