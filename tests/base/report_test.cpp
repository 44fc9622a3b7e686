// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/frame_overflow.hpp>
#include <framealloc/report.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using detail::ReportSink;

std::string printed(ReportSink& sink, const Report& report) {
  testing::internal::CaptureStderr();
  sink.report(report);
  return testing::internal::GetCapturedStderr();
}

Report frame_full() {
  Report report;
  report.code = Code::FA003;
  report.message = "the next chunk was denied";
  return report;
}

TEST(ReportSink, PrintsToStderrWithoutAHandler) {
  ReportSink sink;
  EXPECT_EQ(printed(sink, frame_full()),
            "[framealloc][FA003] warning: the next chunk was denied\n"
            "  note: frame arena full\n"
            "  help: raise frame_arena_size, choose FrameOverflow::Grow, or allocate less in one "
            "frame\n");
}

TEST(ReportSink, StopsPrintingAPlaceThatRepeatsAndTellsTheSumAtFrameEnds) {
  ReportSink sink;
  for (std::uint32_t i = 0; i < detail::ReportLimit::kDefault; ++i) {
    EXPECT_NE(printed(sink, frame_full()).find("the next chunk was denied"), std::string::npos);
  }
  EXPECT_EQ(printed(sink, frame_full()), "");
  EXPECT_EQ(printed(sink, frame_full()), "");
  EXPECT_EQ(sink.count(Code::FA003), detail::ReportLimit::kDefault + 2);
  Report other;
  other.code = Code::FA005;
  EXPECT_NE(printed(sink, other), "");
  testing::internal::CaptureStderr();
  sink.report_repeats(5);
  sink.report_repeats(6);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "[framealloc][FA003] warning: repeated 2 times: frame arena full\n  frame: 5\n");
}

TEST(ReportSink, CountsByCode) {
  ReportSink sink;
  sink.set([](const Report&, void*) {}, nullptr);
  for (int i = 0; i < 3; ++i) sink.report(frame_full());
  Report stray;
  stray.code = static_cast<Code>(999);
  sink.report(stray);
  EXPECT_EQ(sink.count(Code::FA003), 3u);
  EXPECT_EQ(sink.count(Code::FA009), 1u);  // what is no code is an internal error
  EXPECT_EQ(sink.count(Code::FA005), 0u);
}

TEST(ReportSink, HandlerGetsEveryReportAndNothingIsPrinted) {
  ReportSink sink;
  std::vector<std::string> got;
  sink.set(
      [](const Report& report, void* context) {
        static_cast<std::vector<std::string>*>(context)->emplace_back(report.message);
      },
      &got);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 20; ++i) sink.report(frame_full());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_EQ(got.size(), 20u);
  EXPECT_EQ(got[0], "the next chunk was denied");
  sink.set(nullptr, nullptr);
  EXPECT_NE(printed(sink, Report{}), "");
}

struct Recursion {
  ReportSink* sink;
  int calls = 0;
};

TEST(ReportSink, AReportInsideAHandlerIsCountedAndNotPassedOn) {
  ReportSink sink;
  Recursion recursion{&sink};
  sink.set(
      [](const Report& report, void* context) {
        auto& self = *static_cast<Recursion*>(context);
        ++self.calls;
        self.sink->report(report);
      },
      &recursion);
  sink.report(frame_full());
  EXPECT_EQ(recursion.calls, 1);
  EXPECT_EQ(sink.count(Code::FA003), 2u);
  sink.report(frame_full());  // the guard is lifted again
  EXPECT_EQ(recursion.calls, 2);
}

TEST(ReportSink, ThreadsReportSideBySide) {
  ReportSink sink;
  std::atomic<int> calls{0};
  sink.set([](const Report&, void* context) { ++*static_cast<std::atomic<int>*>(context); },
           &calls);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&sink] {
      for (int i = 0; i < 500; ++i) sink.report(frame_full());
    });
  }
  threads.clear();
  EXPECT_EQ(calls, 2000);
  EXPECT_EQ(sink.count(Code::FA003), 2000u);
}

}  // namespace
}  // namespace framealloc
