// SPDX-License-Identifier: MIT OR Apache-2.0
// Sinks on an allocator: who is told what, and what a report says.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace framealloc {
namespace {

AllocConfig tight() {
  AllocConfig config = AllocConfig::minimal().with_frame_overflow(FrameOverflow::Fail);
  config.strict = StrictMode::Warn;
  return config;
}

// A request that the frame cannot hold (FA003).
void overflow(SmartAlloc& alloc) { EXPECT_EQ((alloc.frame_alloc<char[2 << 20]>()), nullptr); }

TEST(Sinks, CollectingKeepsWhatAReportSays) {
  SmartAlloc alloc(tight());
  CollectingSink sink;
  ASSERT_TRUE(alloc.add_sink(sink));
  alloc.print_reports(false);
  int* held = nullptr;
  alloc.with_tag("game::audio", [&] { held = alloc.heap_alloc<int>(5000); });
  alloc.begin_frame();
  alloc.with_tag("game::physics", [&] { overflow(alloc); });
  alloc.end_frame();
  alloc.end_frame();  // FA004
  ASSERT_EQ(sink.size(), 2u);
  EXPECT_TRUE(sink.has_errors());
  EXPECT_TRUE(sink.has_warnings());
  EXPECT_EQ(sink.count(Code::FA003), 1u);
  const Diagnostic full = sink.diagnostics()[0];
  EXPECT_EQ(full.code, Code::FA003);
  EXPECT_EQ(full.severity, Severity::Warning);
  EXPECT_EQ(full.tag, "game::physics");
  EXPECT_EQ(full.frame, 1u);
  EXPECT_NE(full.thread.value, 0u);
  EXPECT_EQ(full.requested, std::size_t{2} << 20);
  EXPECT_GT(full.available, 0u);
  EXPECT_EQ(full.holder, "game::audio");
  EXPECT_GE(full.holder_bytes, 20'000u);
  EXPECT_EQ(full.note, "frame arena full");
  EXPECT_FALSE(full.help.empty());
  sink.clear();
  EXPECT_FALSE(sink.has_errors());
  alloc.heap_free(held);
}

TEST(Sinks, CallbackAndLogAndTextAtOnce) {
  std::FILE* const stream = std::tmpfile();
  ASSERT_NE(stream, nullptr);
  std::vector<Code> codes;
  std::vector<std::pair<Severity, std::string>> lines;
  TextSink text(stream);
  {
    SmartAlloc alloc(tight());
    alloc.print_reports(false);
    ASSERT_TRUE(alloc.add_sink(text));
    ASSERT_TRUE(alloc.add_sink([&codes](const Report& report) { codes.push_back(report.code); }));
    ASSERT_TRUE(alloc.add_sink([&lines](Severity severity, std::string_view line) {
      lines.emplace_back(severity, line);
    }));
    alloc.end_frame();
  }
  EXPECT_EQ(codes, std::vector{Code::FA004});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].first, Severity::Error);
  EXPECT_TRUE(lines[0].second.starts_with("[framealloc][FA004] error: end_frame() with no frame"));
  EXPECT_FALSE(lines[0].second.ends_with('\n'));
  std::rewind(stream);
  char buffer[2048] = {};
  const std::size_t got = std::fread(buffer, 1, sizeof buffer - 1, stream);
  std::fclose(stream);
  EXPECT_EQ(std::string(buffer, got), lines[0].second + "\n");
}

TEST(Sinks, ThereIsPlaceForEightAndAllAreFreedWithTheAllocator) {
  int calls = 0;
  SmartAlloc alloc(tight());
  alloc.print_reports(false);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(alloc.add_sink([&](const Report&) { ++calls; }));
  EXPECT_FALSE(alloc.add_sink([&](const Report&) { ++calls; }));
  alloc.end_frame();
  EXPECT_EQ(calls, 8);
}

TEST(Sinks, ALoopOfFailuresIsLoggedTenTimesAndThenInSums) {
  std::vector<std::string> lines;
  {
    SmartAlloc alloc(tight());
    alloc.print_reports(false);
    ASSERT_TRUE(
        alloc.add_sink([&lines](Severity, std::string_view line) { lines.emplace_back(line); }));
    for (int frame = 0; frame < 100; ++frame) {
      alloc.begin_frame();
      overflow(alloc);
      alloc.end_frame();
    }
    EXPECT_EQ(alloc.report_count(Code::FA003), 100u);
    // The rest of 10, at the end of every eighth frame; intervals of 8, 16, 32 frames.
    ASSERT_EQ(lines.size(), 14u);
  }
  ASSERT_EQ(lines.size(), 15u);  // what was left at the end
  const std::uint64_t expected[] = {6, 8, 16, 32, 28};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NE(lines[10 + i].find("repeated " + std::to_string(expected[i]) + " times"),
              std::string::npos)
        << lines[10 + i];
  }
}

TEST(Sinks, OnAnAllocatorThatCouldNotBeMadeNothingHappens) {
  NullSource nothing;
  SmartAlloc alloc(AllocConfig::minimal().with_upstream(&nothing).with_report_handler(
      [](const Report&, void*) {}));
  ASSERT_FALSE(alloc);
  CollectingSink sink;
  EXPECT_FALSE(alloc.add_sink(sink));
  EXPECT_FALSE(alloc.remove_sink(sink));
  EXPECT_FALSE(alloc.add_sink([](const Report&) {}));
  alloc.set_strict_mode(StrictMode::AbortOnError);
  EXPECT_EQ(alloc.strict_mode(), StrictMode::Warn);
  alloc.suppress(Code::FA003);
  alloc.suppress_diagnostics(true);
  EXPECT_EQ(alloc.report_count(Code::FA003), 0u);
  const StrictModeGuard strict(alloc, StrictMode::AbortOnError);
  const SuppressionGuard silence(alloc);
}

TEST(Sinks, WithoutMemoryForACallableTheAnswerIsNo) {
  struct Big {
    char bytes[200'000];
    void operator()(const Report&) const {}
  };
  SmartAlloc alloc(tight().with_memory_limit(1 << 20));
  alloc.print_reports(false);
  int added = 0;
  while (added < 8 && alloc.add_sink(Big{})) ++added;
  EXPECT_LT(added, 8);
  EXPECT_TRUE(alloc.add_sink([](const Report&) {}));  // places are still there
}

}  // namespace
}  // namespace framealloc
