// SPDX-License-Identifier: MIT OR Apache-2.0
// In a guard mode, every request to the source may fail: what cannot be had is denied or not
// remembered, nothing crashes, and everything goes back.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace framealloc {
namespace {

using testing::ReportLog;

struct Block {
  std::byte bytes[300];
};

void use(SmartAlloc& alloc) {
  for (int frame = 0; frame < 6; ++frame) {
    alloc.begin_frame();
    for (int i = 0; i < 400; ++i) {
      if (auto* block = alloc.frame_alloc<Block>()) std::memset(block, 1, sizeof *block);
    }
    {
      const auto scope = alloc.frame_scope();
      if (auto* block = alloc.frame_alloc<Block>()) std::memset(block, 1, sizeof *block);
    }
    auto* pooled = alloc.pool_alloc<Block>();
    auto* large = alloc.heap_alloc<std::byte>(20000);
    auto* huge = alloc.heap_alloc<std::byte>(600000);
    alloc.end_frame();
    alloc.pool_free(pooled);
    alloc.heap_free(large);
    alloc.heap_free(huge);
  }
}

void fail_each_request(GuardMode mode) {
  std::uint64_t failures = 0;
  for (std::uint64_t n = 1; n < 200; ++n) {
    SCOPED_TRACE(n);
    CountingSource counting(system_source());
    FailingSource source(counting, n, n % 2 == 0);
    ReportLog log;
    {
      const auto made = SmartAlloc::create(AllocConfig::minimal()
                                               .with_upstream(&source)
                                               .with_guard(mode)
                                               .with_guard_frames(2)
                                               .with_report_handler(&ReportLog::handler, &log));
      if (made) {
        SmartAlloc alloc = made.value();
        use(alloc);
        EXPECT_EQ(alloc.check_guards(), 0u);
      }
    }
    EXPECT_EQ(counting.bytes_in_use(), 0u);
    EXPECT_EQ(log.count(Code::FA002) + log.count(Code::FA008) + log.count(Code::FA030), 0u);
    EXPECT_EQ(log.count(Code::FA007), 0u);
    failures += source.failures();
    if (source.failures() == 0) break;
  }
  EXPECT_GT(failures, 5u);
}

TEST(GuardModesWithoutMemory, PoisonLeaksNothing) { fail_each_request(GuardMode::Poison); }
TEST(GuardModesWithoutMemory, PagesLeaksNothing) { fail_each_request(GuardMode::Pages); }

}  // namespace
}  // namespace framealloc
