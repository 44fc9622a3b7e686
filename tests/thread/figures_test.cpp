// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading an allocator without allocating: what is shown, and that only what exists is looked at.
#include "support/malloc_counter.hpp"

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

// Nothing is freed here: what is left at the end is not news.
AllocConfig quiet(bool budgets = false) {
  AllocConfig config;
  config.enable_budgets = budgets;
  config.on_report = [](const Report&, void*) {};
  return config;
}

// Threads that have used the allocator and stay until the end.
class Resting {
 public:
  template <class F>
  void add(F&& work) {
    threads_.emplace_back([this, work] {
      work();
      ready_.release();
      end_.acquire();
    });
    ready_.acquire();
  }
  ~Resting() {
    end_.release(static_cast<std::ptrdiff_t>(threads_.size()));
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::counting_semaphore<> ready_{0};
  std::counting_semaphore<> end_{0};
  std::vector<std::thread> threads_;
};

void use_tags(SmartAlloc& alloc, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    const TagScope tag = alloc.tag_scope("game::enemy_" + std::to_string(i));
    (void)alloc.pool_alloc<int>();
    (void)alloc.heap_alloc<int>(1000);
    (void)alloc.frame_alloc<int>();
  }
}

TEST(Figures, AgreeWithTheStatistics) {
  SmartAlloc alloc(quiet(true));
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("game::enemy_7", 1000, 100'000));
  alloc.begin_frame();
  Resting others;
  use_tags(alloc, 0, 100);
  others.add([&] { use_tags(alloc, 50, 100); });
  others.add([&] { use_tags(alloc, 900, 3); });

  const std::vector<TagStats> expected = alloc.all_tag_stats();
  std::size_t index = 0;
  std::size_t sum = 0;
  alloc.visit_tags([&](const TagFigures& figures) {
    ASSERT_LT(index, expected.size());
    const TagStats& stats = expected[index++];
    EXPECT_EQ(figures.tag, stats.tag);
    EXPECT_EQ(figures.current_bytes, stats.current_bytes) << stats.tag;
    EXPECT_EQ(figures.frame_bytes, stats.frame_bytes) << stats.tag;
    EXPECT_EQ(figures.pool_bytes, stats.pool_bytes) << stats.tag;
    EXPECT_EQ(figures.heap_bytes, stats.heap_bytes) << stats.tag;
    EXPECT_EQ(figures.bytes_allocated, stats.bytes_allocated) << stats.tag;
    EXPECT_EQ(figures.allocation_count, stats.allocation_count) << stats.tag;
    EXPECT_EQ(figures.domain, MemoryDomain::Host);
    sum += figures.current_bytes;
  });
  EXPECT_EQ(index, expected.size());
  EXPECT_EQ(sum, alloc.stats().total_allocated);
  // "enemy_60" was used by two threads, 16 + 4000 + 16 bytes each.
  EXPECT_EQ(alloc.tag_stats("enemy_60").current_bytes, 2 * (16 + 4096 + 16));

  std::size_t threads = 0;
  std::size_t pool = 0;
  alloc.visit_threads([&](const ThreadFigures& figures) {
    ++threads;
    pool += figures.pool_bytes;
    EXPECT_NE(figures.reserved_bytes, 0U);
  });
  EXPECT_EQ(threads, 3U);
  EXPECT_EQ(pool, alloc.stats().pool_allocated);

  bool whole = false;
  bool limited = false;
  alloc.visit_budgets([&](const BudgetFigures& figures) {
    whole = whole || figures.global;
    if (figures.tag != "game::enemy_7") return;
    limited = true;
    EXPECT_EQ(figures.hard_limit, 100'000U);
    EXPECT_GE(figures.current_usage, 4112U);
  });
  EXPECT_TRUE(whole);
  EXPECT_TRUE(limited);
  alloc.end_frame();
}

TEST(Figures, TakeNothingFromAnyAllocator) {
  SmartAlloc alloc(quiet(true));
  alloc.begin_frame();
  Resting others;
  use_tags(alloc, 0, 300);
  others.add([&] { use_tags(alloc, 0, 300); });
  const std::size_t metadata = alloc.stats().metadata_bytes;
  std::size_t shown = 0;
  const auto count = [&shown](const auto&) { ++shown; };
  const test::MallocsInScope mallocs;
  alloc.visit_tags(count);
  alloc.visit_threads(count);
  alloc.visit_budgets(count);
  EXPECT_EQ(mallocs.count(), 0U);
  EXPECT_EQ(shown, 302U + 2U + 302U);
  EXPECT_EQ(alloc.stats().metadata_bytes, metadata);
  alloc.end_frame();
}

TEST(Figures, OfNoAllocatorAreNone) {
  SmartAlloc alloc;
  SmartAlloc moved(std::move(alloc));
  const auto fail = [](const auto&) { ADD_FAILURE(); };
  alloc.visit_tags(fail);
  alloc.visit_threads(fail);
  alloc.visit_budgets(fail);
  moved.visit_budgets(fail);  // has no budgets
}

// The sums are linear in this: a thread's lists are those that it has had blocks in, not one per
// tag and size class.
TEST(Figures, AThreadHasTheListsThatItUsed) {
  SmartAlloc alloc(quiet());
  use_tags(alloc, 0, 200);  // no frame is open: its requests are refused, the others served
  const detail::PoolThread& pools = detail::HandleAccess::instance(alloc)->find_state()->pools();
  std::size_t lists = 0;
  pools.visit_lists([&](const detail::ClassList&) { ++lists; });
  EXPECT_EQ(lists, 400U);
  lists = 0;
  pools.visit_lists(detail::HandleAccess::instance(alloc)->tags().find_path("game::enemy_3"),
                    [&](const detail::ClassList&) { ++lists; });
  EXPECT_EQ(lists, 2U);
}

TEST(Figures, ASubtreeIsInEveryTagOfItsName) {
  SmartAlloc alloc(quiet());
  for (const char* const tag : {"a::fx", "b::fx", "b::fx::smoke", "b::fx::smoke::fx"}) {
    const TagScope scope = alloc.tag_scope(tag);
    (void)alloc.pool_alloc<int>();
  }
  const TagStats stats = alloc.tag_stats("fx");
  EXPECT_EQ(stats.current_bytes, 3 * 16U);
  EXPECT_EQ(stats.subtree_bytes, (1 + 3 + 1) * 16U);
}

}  // namespace
}  // namespace framealloc
