// SPDX-License-Identifier: MIT OR Apache-2.0
// What modules stand on: an allocator's reports, events, tags and bookkeeping memory.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

SmartAlloc no_allocator() {
  return SmartAlloc(AllocConfig{.frames_in_flight = 9, .on_report = [](const Report&, void*) {}});
}

class Modules : public ::testing::Test {
 protected:
  testing::ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&testing::ReportLog::handler, &log)};
};

TEST_F(Modules, ReportsGoWhereTheAllocatorsGo) {
  CollectingSink sink;
  ASSERT_TRUE(alloc.add_sink(sink));
  alloc.begin_frame();
  alloc.end_frame();
  alloc.begin_frame();
  Report report;
  report.code = Code::FA417;
  report.message = "heap 1 of 'Fake GPU' has 5 MiB of its budget left";
  report.tag = "world::terrain";
  report.requested = 100;
  report.available = 5;
  report.holder = "hud";
  report.holder_bytes = 77;
  report.site = CallSite::current();
  alloc.report(report);
  ASSERT_EQ(log.count(Code::FA417), 1U);
  EXPECT_EQ(log.last().message, report.message);
  EXPECT_EQ(log.last().tag, "world::terrain");
  EXPECT_EQ(log.last().frame, 2U) << "filled in";
  EXPECT_EQ(log.last().line, report.site.line);
  ASSERT_EQ(sink.diagnostics().size(), 1U);
  const Diagnostic told = sink.diagnostics()[0];
  EXPECT_EQ(told.severity, Severity::Warning);
  EXPECT_EQ(told.holder, "hud");
  EXPECT_EQ(told.holder_bytes, 77U);
  EXPECT_NE(told.thread.value, 0U) << "filled in";
  EXPECT_EQ(alloc.report_count(Code::FA417), 1U);
  EXPECT_TRUE(alloc.remove_sink(sink));
  alloc.end_frame();
}

TEST_F(Modules, AReportKeepsItsOwnThreadAndFrame) {
  CollectingSink sink;
  ASSERT_TRUE(alloc.add_sink(sink));
  Report report;
  report.code = Code::FA411;
  report.frame = 41;
  report.thread = ThreadId{4711};
  alloc.report(report);
  ASSERT_EQ(sink.diagnostics().size(), 1U);
  EXPECT_EQ(sink.diagnostics()[0].frame, 41U);
  EXPECT_EQ(sink.diagnostics()[0].thread, ThreadId{4711});
  EXPECT_EQ(sink.diagnostics()[0].message, code_info(Code::FA411).meaning);
  EXPECT_TRUE(alloc.remove_sink(sink));
}

TEST_F(Modules, SuppressionAndStrictModeHoldForReports) {
  std::vector<Code> ended;
  alloc.set_strict_handler(
      [](const Report& report, void* self) {
        static_cast<std::vector<Code>*>(self)->push_back(report.code);
      },
      &ended);
  alloc.set_strict_mode(StrictMode::AbortOnError);
  Report report;
  report.code = Code::FA417;  // a warning
  alloc.report(report);
  report.code = Code::FA416;  // an error
  alloc.report(report);
  EXPECT_EQ(ended, std::vector<Code>{Code::FA416});
  alloc.suppress(Code::FA416);
  alloc.report(report);
  alloc.unsuppress(Code::FA416);
  EXPECT_EQ(ended.size(), 1U);
  EXPECT_EQ(log.count(Code::FA416), 1U);
  EXPECT_EQ(alloc.report_count(Code::FA416), 2U) << "counted all the same";
}

TEST(ModulesOfNoAllocator, AreDefinedAndGetNothing) {
  SmartAlloc none = no_allocator();
  ASSERT_FALSE(none);
  Report report;
  report.code = Code::FA419;
  none.report(report);
  EXPECT_EQ(none.report_count(Code::FA419), 0U);
  EXPECT_FALSE(none.emits(FrameEventKind::GpuAlloc));
  none.emit(FrameEvent{}, TagId{3});
  EXPECT_EQ(none.tag("a::b"), Tag::Untagged);
  EXPECT_EQ(none.find_tag(""), Tag::Untagged);
  EXPECT_EQ(none.find_tag("a"), std::nullopt);
  EXPECT_EQ(none.current_tag_id(), Tag::Untagged);
  EXPECT_EQ(none.tag_parent(Tag{5}), Tag::Untagged);
  EXPECT_EQ(none.tag_name(Tag{5}), "");
  EXPECT_TRUE(none.path_of(Tag{5}).empty());
  EXPECT_EQ(none.tag_count(), 1U);
  EXPECT_EQ(none.with_tag(Tag{5}, [] { return 1; }), 1);
  EXPECT_EQ(none.bookkeeping_alloc(10), nullptr);
  none.bookkeeping_free(nullptr, 10);
}

struct Heard {
  FrameEventKind kind;
  std::uint64_t id, count, frame, time;
  std::size_t size;
  std::string tag, name;
  ThreadId thread;
};

TEST_F(Modules, EventsReachWhoWaitsForThem) {
  std::vector<Heard> heard;
  const auto listen = [&](FrameEventMask mask) {
    return alloc.on_frame_event(
        [&heard](const FrameEvent& event) {
          heard.push_back({event.kind, event.id, event.count, event.frame_number,
                           event.timestamp_ns, event.size, std::string(event.tag),
                           std::string(event.name), event.thread_id});
        },
        mask);
  };
  FrameEvent event;
  event.kind = FrameEventKind::GpuAlloc;
  event.id = std::uint64_t{1} << 40;
  event.size = 4096;
  event.name = "mesh";
  const Subscription rare = listen(kRareFrameEvents);
  EXPECT_FALSE(alloc.emits(FrameEventKind::GpuBlockAllocated)) << "tracking is off";
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  EXPECT_TRUE(alloc.emits(FrameEventKind::GpuBlockAllocated));
  EXPECT_FALSE(alloc.emits(FrameEventKind::GpuAlloc)) << "told for each buffer: not rare";
  EXPECT_FALSE(alloc.emits(FrameEventKind::GpuFree));
  alloc.emit(event);
  EXPECT_TRUE(heard.empty());
  const Subscription every = listen(events(FrameEventKind::GpuAlloc, FrameEventKind::GpuFree));
  EXPECT_TRUE(alloc.emits(FrameEventKind::GpuFree));
  alloc.begin_frame();
  heard.clear();
  alloc.emit(event, alloc.tag("world::mesh"));
  alloc.end_frame();
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard[0].kind, FrameEventKind::GpuAlloc);
  EXPECT_EQ(heard[0].id, event.id);
  EXPECT_EQ(heard[0].size, 4096U);
  EXPECT_EQ(heard[0].name, "mesh");
  EXPECT_EQ(heard[0].tag, "world::mesh");
  EXPECT_EQ(heard[0].frame, 1U);
  EXPECT_NE(heard[0].time, 0U);
  EXPECT_NE(heard[0].thread.value, 0U);
}

TEST_F(Modules, EveryKindHasABitOfItsOwnAndAName) {
  FrameEventMask all = 0;
  for (unsigned i = 0; i < kFrameEventKinds; ++i) {
    const auto kind = static_cast<FrameEventKind>(i);
    EXPECT_EQ(all & mask_of(kind), 0U);
    all |= mask_of(kind);
    EXPECT_NE(to_string(kind), "unknown") << i;
  }
  EXPECT_EQ(all, kAllFrameEvents);
  EXPECT_EQ(to_string(FrameEventKind::GpuBudgetDenied), "GpuBudgetDenied");
  static_assert(kFrameEventKinds > 32, "a mask of 32 bits would do");
  static_assert(mask_of(FrameEventKind::GpuBudgetDenied) >> 32 != 0);
}

// A listener of a kind beyond the 32nd bit changes nothing for calls of the allocator.
TEST_F(Modules, KindsOfDevicesMakeNoHostCallSlow) {
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  std::vector<FrameEventKind> kinds;
  const Subscription mine =
      alloc.on_frame_event([&kinds](const FrameEvent& event) { kinds.push_back(event.kind); },
                           events(FrameEventKind::GpuAlloc, FrameEventKind::GpuBudgetDenied));
  alloc.begin_frame();
  (void)alloc.frame_alloc<int>();
  alloc.heap_free(alloc.heap_alloc<int>(10));
  alloc.end_frame();
  EXPECT_TRUE(kinds.empty());
  FrameEvent denied;
  denied.kind = FrameEventKind::GpuBudgetDenied;
  alloc.emit(denied);
  EXPECT_EQ(kinds, std::vector<FrameEventKind>{FrameEventKind::GpuBudgetDenied});
}

TEST_F(Modules, TagsAreResolvedOnce) {
  const Tag physics = alloc.tag("game::physics");
  const Tag game = alloc.tag("game");
  EXPECT_NE(physics, Tag::Untagged);
  EXPECT_EQ(alloc.tag("game::::physics"), physics) << "empty levels are left out";
  EXPECT_EQ(alloc.tag_count(), 3U);
  EXPECT_EQ(alloc.find_tag("game::physics"), physics);
  EXPECT_EQ(alloc.find_tag("game::ai"), std::nullopt);
  EXPECT_EQ(alloc.tag_count(), 3U) << "a look-up makes none";
  EXPECT_EQ(alloc.find_tag(""), Tag::Untagged);
  EXPECT_EQ(alloc.tag(""), Tag::Untagged);
  EXPECT_EQ(alloc.tag_parent(physics), game);
  EXPECT_EQ(alloc.tag_parent(game), Tag::Untagged);
  EXPECT_EQ(alloc.tag_name(physics), "physics");
  EXPECT_EQ(alloc.path_of(physics).view(), "game::physics");
  EXPECT_EQ(alloc.path_of(Tag::Untagged).view(), "");
  EXPECT_EQ(alloc.path_of(Tag{60000}).view(), "") << "not of this allocator";
}

TEST_F(Modules, AResolvedTagIsSetAsItIs) {
  const Tag physics = alloc.tag("game::physics");
  const TagScope outer = alloc.tag_scope("loading");
  {
    const TagScope inner = alloc.tag_scope(physics);
    EXPECT_EQ(alloc.tag_path(), "game::physics");
    EXPECT_EQ(alloc.current_tag_id(), physics);
    std::thread([&] { EXPECT_EQ(alloc.current_tag_id(), Tag::Untagged); }).join();
  }
  EXPECT_EQ(alloc.tag_path(), "loading");
  EXPECT_EQ(alloc.with_tag(physics, [](SmartAlloc& same) { return same.tag_path(); }),
            "game::physics");
  EXPECT_EQ(alloc.with_tag(Tag{60000}, [this] { return alloc.tag_path(); }), "");
  alloc.with_tag(physics, [this] { alloc.heap_free(alloc.heap_alloc<char>(100)); });
  EXPECT_EQ(alloc.tag_stats("game::physics").allocation_count, 1U);
}

TEST_F(Modules, AFullTableGivesTheDeepestLevelThatThereIs) {
  const Tag known = alloc.tag("known");
  for (int i = 0; alloc.tag_count() < 1024; ++i) (void)alloc.tag("t" + std::to_string(i));
  EXPECT_EQ(alloc.tag("known::new::deeper"), known);
  EXPECT_EQ(alloc.tag("other"), Tag::Untagged);
  EXPECT_EQ(alloc.find_tag("known::new"), std::nullopt);
  EXPECT_EQ(alloc.tag_count(), 1024U);
}

TEST_F(Modules, BookkeepingIsCountedAsSuch) {
  const std::size_t before = alloc.stats().metadata_bytes;
  void* const small = alloc.bookkeeping_alloc(1);
  void* const large = alloc.bookkeeping_alloc(100'000);
  ASSERT_NE(small, nullptr);
  ASSERT_NE(large, nullptr);
  EXPECT_TRUE(is_aligned(small, 128));
  std::memset(large, 1, 100'000);
  EXPECT_GE(alloc.stats().metadata_bytes, before + 100'001);
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  alloc.bookkeeping_free(small, 1);
  alloc.bookkeeping_free(large, 100'000);
  EXPECT_EQ(alloc.stats().metadata_bytes, before);
  EXPECT_EQ(alloc.bookkeeping_alloc(SIZE_MAX), nullptr);
  EXPECT_EQ(log.size(), 0U) << "whoever asked reports";
}

}  // namespace
}  // namespace framealloc
