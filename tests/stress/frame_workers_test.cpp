// SPDX-License-Identifier: MIT OR Apache-2.0
// Eight workers allocate while the driver begins and ends 100,000 frames; others read the
// statistics, switch tags, count calls. What the workers do at a frame's end is against the
// contract of their memory, never of the allocator: it must neither race nor lose anything.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

#if FRAMEALLOC_TSAN
constexpr int kFrames = 20000;
#else
constexpr int kFrames = 100000;
#endif
constexpr int kWorkers = 8;

struct Counts {
  std::atomic<std::uint64_t> closed{0}, other{0};
  std::mutex lock;
  std::string latest;  // of the others
  static void handler(const Report& report, void* self) {
    auto& counts = *static_cast<Counts*>(self);
    (report.code == Code::FA001 ? counts.closed : counts.other).fetch_add(1);
    if (report.code == Code::FA001) return;
    const std::lock_guard guard(counts.lock);
    counts.latest = report.message;
  }
};

void run(const AllocConfig& base, bool switch_tags, bool read_statistics) {
  Counts counts;
  SmartAlloc alloc(AllocConfig(base).with_report_handler(&Counts::handler, &counts));
  std::atomic<bool> stop{false};
  std::atomic<bool> met_open{false};
  std::vector<std::thread> threads;
  for (int w = 0; w < kWorkers; ++w) {
    threads.emplace_back([&, w] {
      const auto serve = [&] {
        if (alloc.frame_alloc<char[100]>() == nullptr) return;
        if (!met_open.load(std::memory_order_relaxed)) met_open = true;
      };
      for (unsigned i = 0; !stop.load(std::memory_order_relaxed); ++i) {
        if (switch_tags) {
          alloc.with_tag(i % 2 == 0 ? "even" : "odd", [&] {
            serve();
            alloc.with_tag("deeper", [&] { (void)alloc.frame_alloc<char[30]>(); });
          });
        } else {
          serve();
        }
        if (i % 64 == static_cast<unsigned>(w)) {
          // A rewind may be refused because the frame ended; it must not go wrong.
          const FrameScope scope = alloc.frame_scope();
          (void)alloc.frame_alloc_layout(5000, 64);
        }
        if (i % 256 == 0) {
          auto* pooled = alloc.pool_alloc<std::uint64_t>();
          if (pooled != nullptr) *pooled = i;
          alloc.pool_free(pooled);
        }
      }
    });
  }
  if (read_statistics) {
    threads.emplace_back([&] {
      while (!stop.load(std::memory_order_relaxed)) {
        const AllocStats stats = alloc.stats();
        EXPECT_EQ(stats.total_allocated,
                  stats.frame_allocated + stats.pool_allocated + stats.heap_allocated);
        EXPECT_LT(stats.frame_allocated, std::size_t{1} << 40) << "a sum went below zero";
        (void)alloc.frame_stats();
        for (const TagStats& tag : alloc.all_tag_stats()) {
          EXPECT_LT(tag.frame_bytes, std::size_t{1} << 40) << tag.tag;
        }
        alloc.count_frame_allocations(true);
        alloc.count_frame_allocations(false);
      }
    });
  }
  // On a busy machine the workers may start late: frames go on until one of them has met one.
  int frame = 0;
  for (; frame < kFrames || !met_open.load(std::memory_order_relaxed); ++frame) {
    alloc.begin_frame();
    auto* mine = alloc.frame_alloc<unsigned char[64]>();
    ASSERT_NE(mine, nullptr);
    std::memset(mine, frame % 256, 64);
    ASSERT_EQ((*mine)[63], static_cast<unsigned char>(frame % 256));
    alloc.end_frame();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(alloc.frame_number(), static_cast<std::uint64_t>(frame));
  EXPECT_EQ(counts.other.load(), 0u) << counts.latest;
  // Quiet again, everything is as if nothing had happened.
  for (int i = 0; i < 4; ++i) {
    alloc.begin_frame();
    alloc.end_frame();
  }
  EXPECT_EQ(alloc.stats().frame_allocated, 0u);
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
  if (alloc.budgets() != nullptr) {
    std::thread([&] { (void)alloc.trim(); }).join();
    EXPECT_EQ(alloc.budgets()->get_tag_budget("even").value_or(TagBudget{}).current_usage, 0u);
  }
}

TEST(FrameWorkers, AllocateWhileFramesEnd) { run(AllocConfig::minimal(), false, false); }
TEST(FrameWorkers, SwitchTagsWhileStatisticsAreRead) { run(AllocConfig::minimal(), true, true); }
TEST(FrameWorkers, WithThreeFramesInFlight) {
  run(AllocConfig::minimal().with_frames_in_flight(3), true, true);
}
TEST(FrameWorkers, WithBudgets) { run(AllocConfig::minimal().with_budgets(), true, true); }

}  // namespace
}  // namespace framealloc
