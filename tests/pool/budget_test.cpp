// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets on pool and heap memory.
#include <framealloc/budget.hpp>

#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <algorithm>
#include <thread>

namespace framealloc::test {
namespace {

RigOptions with_budgets() {
  RigOptions options;
  options.budgets = true;
  return options;
}

TEST(PoolBudget, LetsOneThreadUseItToTheLastBlock) {
  for (const std::size_t count : Sizes{1, 7, 64, 65, 1000}) {
    Rig rig(with_budgets());
    PoolThread& pool = rig.join().pool;
    ASSERT_TRUE(rig.budgets().register_tag_budget("t", 0, count * 64));
    pool.select(rig.tag("t"));
    for (std::size_t i = 0; i < count; ++i) ASSERT_NE(rig.allocate(pool, 64), nullptr) << i;
    EXPECT_TRUE(rig.reports().empty());
    EXPECT_EQ(rig.allocate(pool, 64), nullptr);
    ASSERT_EQ(rig.reports().size(), 1U);
    const KeptReport report = rig.reports()[0];
    EXPECT_EQ(report.code, Code::FA311);
    EXPECT_EQ(report.tag, "t");
    EXPECT_EQ(report.requested, 64U);
    EXPECT_EQ(report.available, 0U);
    EXPECT_NE(report.message.find("'t'"), std::string::npos);
    EXPECT_TRUE(report.site.known());
    EXPECT_EQ(rig.budgets().get_tag_budget("t")->denials, 1U);
    // Other tags are not concerned.
    pool.select(rig.tag("u"));
    EXPECT_NE(rig.allocate(pool, 64), nullptr);
  }
}

TEST(PoolBudget, IsFreeAgainAfterFrees) {
  Rig rig(with_budgets());
  PoolThread& pool = rig.join().pool;
  ASSERT_TRUE(rig.budgets().register_tag_budget("t", 0, 6400));
  pool.select(rig.tag("t"));
  for (int round = 0; round < 3; ++round) {
    std::vector<void*> blocks;
    for (int i = 0; i < 100; ++i) blocks.push_back(rig.allocate(pool, 64));
    ASSERT_EQ(std::count(blocks.begin(), blocks.end(), nullptr), 0);
    for (void* const block : blocks) rig.free(&pool, block, 64);
  }
  EXPECT_EQ(rig.budgets().get_tag_budget("t")->denials, 0U);
  // Blocks kept ready in one list give way to another list's request, and to large ones.
  EXPECT_NE(rig.allocate(pool, 4096), nullptr);
  (void)pool.collect(PoolThread::kEverything);
  EXPECT_EQ(rig.budgets().get_tag_budget("t")->current_usage, 4096U);
  EXPECT_EQ(rig.budgets().get_tag_budget("t")->denials, 0U);
}

TEST(PoolBudget, CountsWhatAncestorsAndTheWholeHold) {
  Rig rig(with_budgets());
  PoolThread& pool = rig.join().pool;
  ASSERT_TRUE(rig.budgets().register_tag_budget("game", 0, 1024));
  pool.select(rig.tag("game::physics"));
  for (int i = 0; i < 16; ++i) ASSERT_NE(rig.allocate(pool, 64), nullptr);
  EXPECT_EQ(rig.allocate(pool, 64), nullptr);
  ASSERT_EQ(rig.reports().size(), 1U);
  EXPECT_NE(rig.reports()[0].message.find("'game'"), std::string::npos);
  EXPECT_EQ(rig.reports()[0].tag, "game::physics");

  rig.budgets().set_global_budget(0, 2048);
  pool.select(rig.tag("other"));
  for (int i = 0; i < 16; ++i) ASSERT_NE(rig.allocate(pool, 64), nullptr);
  EXPECT_EQ(rig.allocate(pool, 64), nullptr);
  ASSERT_EQ(rig.reports().size(), 2U);
  EXPECT_EQ(rig.reports()[1].code, Code::FA310);
}

TEST(PoolBudget, IsGivenBackByRemoteFreesAndThreadExit) {
  Rig rig(with_budgets());
  PoolThread& pool = rig.join().pool;
  const TagId tag = rig.tag("t");
  ASSERT_TRUE(rig.budgets().register_tag_budget("t", 0, std::size_t{1} << 20));
  pool.select(tag);
  std::vector<void*> blocks;
  for (int i = 0; i < 3000; ++i) blocks.push_back(rig.allocate(pool, 100));
  std::thread([&] {
    PoolThread& other = rig.join().pool;
    other.select(tag);
    for (int i = 0; i < 10; ++i) blocks.push_back(rig.allocate(other, 100));
    for (int i = 0; i < 3000; ++i) rig.free(&other, blocks[static_cast<std::size_t>(i)], 100);
    other.detach();
  }).join();
  // Ten blocks live on in a page that nobody owns.
  (void)pool.collect(PoolThread::kEverything);
  EXPECT_EQ(rig.budgets().get_tag_budget("t")->current_usage, 10U * 112U);
  for (int i = 0; i < 10; ++i) rig.free(&pool, blocks[static_cast<std::size_t>(3000 + i)], 100);
  EXPECT_EQ(rig.budgets().get_tag_budget("t")->current_usage, 0U);
  EXPECT_EQ(rig.shared().totals(tag).pool_bytes, 0U);
}

TEST(PoolBudget, IsGivenBackByHeapBlocks) {
  Rig rig(with_budgets());
  PoolThread& pool = rig.join().pool;
  ASSERT_TRUE(rig.budgets().register_tag_budget("t", 0, std::size_t{1} << 20));
  pool.select(rig.tag("t"));
  void* const block = rig.heap().allocate(pool, 1000000, 16, CallSite::current());
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(rig.heap().allocate(pool, 100000, 16, CallSite::current()), nullptr);
  EXPECT_EQ(rig.sink().count(Code::FA311), 1U);
  EXPECT_EQ(rig.reports()[0].available, (std::size_t{1} << 20) - 1000000U);
  EXPECT_FALSE(rig.heap().try_resize(&pool, block, 1000000 + 100000));
  rig.heap().free(&pool, block, CallSite::current());
  EXPECT_EQ(rig.budgets().get_tag_budget("t")->current_usage, 0U);
  EXPECT_NE(rig.heap().allocate(pool, 100000, 16, CallSite::current()), nullptr);
}

TEST(PoolBudget, LetsItsHandlerAllocate) {
  struct Context {
    Rig* rig;
    PoolThread* pool;
    std::vector<void*> blocks;
  };
  Rig rig(with_budgets());
  Context context{&rig, &rig.join().pool, {}};
  ASSERT_TRUE(rig.budgets().register_tag_budget("t", 100, 0));
  rig.budgets().set_event_handler(
      [](const BudgetEvent&, void* raw) {
        auto& self = *static_cast<Context*>(raw);
        for (int i = 0; i < 100; ++i) self.blocks.push_back(self.rig->allocate(*self.pool, 64));
      },
      &context);
  context.pool->select(rig.tag("t"));
  for (int i = 0; i < 1000; ++i) context.blocks.push_back(rig.allocate(*context.pool, 64));
  EXPECT_GT(context.blocks.size(), 1000U);
  std::sort(context.blocks.begin(), context.blocks.end());
  EXPECT_NE(context.blocks.front(), nullptr);
  EXPECT_EQ(std::unique(context.blocks.begin(), context.blocks.end()), context.blocks.end());
}

}  // namespace
}  // namespace framealloc::test
