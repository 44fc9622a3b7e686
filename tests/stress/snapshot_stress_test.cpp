// SPDX-License-Identifier: MIT OR Apache-2.0
// Snapshots and a trace of an allocator that is at work on several threads.
#include <framealloc/framealloc.hpp>
#include <framealloc/trace_writer.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "support/trace_check.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

namespace fs = std::filesystem;

TEST(SnapshotStress, IsTakenWhileThreadsWithBudgetsWork) {
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler([](const Report&, void*) {}));
  constexpr std::size_t kBudget = 64 << 10;
  std::atomic<bool> done{false};
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&alloc, &done] {
      for (int round = 0; !done.load(); ++round) {
        alloc.set_thread_pool_budget(round % 7 == 0 ? 0 : kBudget);
        std::vector<double*> blocks;
        for (int n = 0; n < 100; ++n) {
          if (auto* const block = alloc.pool_alloc<double>()) blocks.push_back(block);
        }
        for (double* block : blocks) alloc.pool_free(block);
      }
    });
  }
  std::size_t budgets = 0;
  while (budgets < 200) {
    for (const SnapshotThread& thread : alloc.snapshot().threads) {
      if (!thread.pool_budget) continue;
      ++budgets;
      EXPECT_EQ(thread.pool_budget->limit, kBudget);
    }
  }
  done.store(true);
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
}

TEST(TraceStress, IsWrittenByAllThreads) {
  std::string pattern = (fs::temp_directory_path() / "fa-stress-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  const fs::path path = fs::path(pattern) / "t.json";
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler([](const Report&, void*) {}));
  constexpr std::size_t kThreads = 4, kPhases = 300;
  {
    TraceWriter trace(alloc, {.path = path, .buffer_bytes = 1});
    ASSERT_TRUE(trace);
    std::atomic<bool> done{false};
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < kThreads; ++i) {
      workers.emplace_back([&alloc, i] {
        alloc.set_thread_name("worker " + std::to_string(i));
        for (std::size_t n = 0; n < kPhases; ++n) {
          const PhaseScope phase = alloc.phase_scope("work");
          const TagScope tag = alloc.tag_scope("tag " + std::to_string(n % 5));
          alloc.pool_free(alloc.pool_alloc<double>());
          if (n % 50 == 0) alloc.heap_free(alloc.heap_alloc<char>(SIZE_MAX / 2));  // a report
        }
      });
    }
    std::thread driver([&] {
      while (!done.load()) const ScopedFrame frame = alloc.scoped_frame();
    });
    for (std::thread& worker : workers) worker.join();
    done.store(true);
    driver.join();
    EXPECT_TRUE(trace.close());
  }
  const testing::CheckedTrace trace(path);
  EXPECT_EQ(trace.all("X", "work").size(), kThreads * kPhases);
  std::size_t reports = 0;
  for (const auto* mark : trace.all("i")) reports += mark->at("cat")->text == "report" ? 1 : 0;
  EXPECT_EQ(reports, kThreads * kPhases / 50);
  fs::remove_all(pattern);
}

}  // namespace
}  // namespace framealloc
