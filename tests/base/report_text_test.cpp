// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/report_text.hpp>

#include <gtest/gtest.h>

#include <string>

namespace framealloc {
namespace {

std::string text_of(const Report& report) { return std::string(format_report(report).view()); }

TEST(ReportText, HasALineForEveryKnownField) {
  Report report;
  report.code = Code::FA310;
  report.message = "the limit leaves too little";
  report.tag = "game::physics";
  report.frame = 17;
  report.thread = ThreadId{3};
  report.requested = 1536;
  report.available = 64;
  report.holder = "game::audio";
  report.holder_bytes = 2048;
  report.address = reinterpret_cast<const void*>(std::uintptr_t{0xABC0});
  report.site = CallSite{"world.cpp", "step", 42};
  EXPECT_EQ(text_of(report),
            "[framealloc][FA310] warning: the limit leaves too little\n"
            "  at: world.cpp:42 (step)\n"
            "  tag: game::physics\n"
            "  frame: 17\n"
            "  thread: 3\n"
            "  requested: 1.5 KiB (1536 B), available: 64 B\n"
            "  held most: 2 KiB (2048 B) by tag game::audio\n"
            "  address: 0xabc0\n"
            "  note: the global memory limit denied a request\n"
            "  help: raise global_memory_limit or hold less\n");
}

TEST(ReportText, LeavesOutWhatIsUnknown) {
  Report report;
  report.code = Code::FA005;
  EXPECT_EQ(text_of(report),
            "[framealloc][FA005] error: block freed twice\n"
            "  help: let one owner free the block; a PoolBox or HeapBox does\n");
}

TEST(ReportText, NamesTheFunctionWhereNoLineIsKnown) {
  Report report;
  report.code = Code::FA012;
  report.site = CallSite::of_function("PoolBox<Enemy> pool_box()");
  EXPECT_NE(text_of(report).find("  in: PoolBox<Enemy> pool_box()\n"), std::string::npos);
}

TEST(ReportText, SaysThatTheMostIsUntagged) {
  Report report;
  report.code = Code::FA012;
  report.holder_bytes = 10;
  EXPECT_NE(text_of(report).find("  held most: 10 B, untagged\n"), std::string::npos);
}

TEST(ReportText, CutsWhatIsTooLongAndKeepsTheHelp) {
  const std::string message(10'000, 'm');
  const std::string file(10'000, 'f');
  Report report;
  report.code = Code::FA003;
  report.message = message;
  report.site = CallSite{file.c_str(), "g", 7};
  const std::string text = text_of(report);
  EXPECT_NE(text.find("mmm...\n"), std::string::npos);
  EXPECT_NE(text.find("fff...:7 (g)\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("allocate less in one frame\n")) << text;
}

}  // namespace
}  // namespace framealloc
