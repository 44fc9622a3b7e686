// SPDX-License-Identifier: MIT OR Apache-2.0
// Each request to the source fails once, or all from it on: nothing crashes, leaks or is lost.
#include "fault/scene.hpp"
#include "support/report_log.hpp"

namespace framealloc {
namespace {

using testing::ReportLog;
using testing::Scene;
using testing::scene_objects_alive;

AllocConfig base(unsigned variant) {
  AllocConfig config = AllocConfig::minimal().with_frame_arena_size(std::size_t{64} << 10);
  config.frame_overflow = variant == 0 ? FrameOverflow::Grow : FrameOverflow::HeapFallback;
  config.enable_budgets = variant == 1;
  config.frames_in_flight = variant == 2 ? 3 : 1;
  config.checked = variant != 0;
  return config;
}

void fail_each_request(unsigned variant, bool sticky) {
  std::uint64_t n = 1;
  for (; n < 2000; ++n) {
    SCOPED_TRACE("variant " + std::to_string(variant) + ", request " + std::to_string(n));
    SystemSource system;
    CountingSource counting(system);
    FailingSource failing(counting, n, sticky);
    ReportLog log;
    {
      SmartAlloc alloc(
          base(variant).with_upstream(&failing).with_report_handler(&ReportLog::handler, &log));
      Scene(alloc).run();
      if (::testing::Test::HasFatalFailure()) return;
      if (alloc) {
        const AllocStats stats = alloc.stats();
        EXPECT_EQ(stats.pool_allocated, 0u);
        EXPECT_EQ(stats.heap_allocated, 0u);
        EXPECT_EQ(stats.reserved, counting.bytes_in_use());
        if (!sticky || failing.failures() == 0) {
          // The one failure is over: everything works again.
          alloc.begin_frame();
          EXPECT_NE(alloc.frame_alloc<char[100]>(), nullptr);
          alloc.end_frame();
        }
      }
    }
    EXPECT_EQ(scene_objects_alive, 0);
    EXPECT_EQ(counting.live_blocks(), 0u);
    EXPECT_EQ(counting.bytes_in_use(), 0u);
    // What was denied was reported, and nothing else was. (A thread frame that could not begin is
    // not open afterward.)
    bool denied = false;
    for (const auto& entry : log.all()) {
      denied |= entry.code == Code::FA012;
      const bool follows = denied && (entry.code == Code::FA001 || entry.code == Code::FA004);
      EXPECT_TRUE(follows || entry.code == Code::FA012 || entry.code == Code::FA003)
          << code_info(entry.code).id << " " << entry.message;
    }
    if (failing.failures() == 0) break;
  }
  std::printf("variant %u, %s: %llu requests failed\n", variant, sticky ? "dry from it on" : "once",
              static_cast<unsigned long long>(n - 1));
  EXPECT_GT(n, 10u) << "the scene makes too few requests to be a test";
  EXPECT_LT(n, 2000u);
}

TEST(Injection, EachRequestFailsOnce) { fail_each_request(0, false); }
TEST(Injection, EachRequestFailsOnceWithBudgetsAndFallback) { fail_each_request(1, false); }
TEST(Injection, EachRequestFailsOnceWithFramesInFlight) { fail_each_request(2, false); }
TEST(Injection, TheSourceRunsDry) { fail_each_request(0, true); }
TEST(Injection, TheSourceRunsDryWithBudgetsAndFallback) { fail_each_request(1, true); }
TEST(Injection, TheSourceRunsDryWithFramesInFlight) { fail_each_request(2, true); }

}  // namespace
}  // namespace framealloc
