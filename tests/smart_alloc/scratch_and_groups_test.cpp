// SPDX-License-Identifier: MIT OR Apache-2.0
// Scratch pools and groups as parts of one SmartAlloc.
#include <gtest/gtest.h>
#include <framealloc/framealloc.hpp>

#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace framealloc::literals;

struct Mourned {
  explicit Mourned(int& counter) : count(counter) { ++count; }
  Mourned(const Mourned&) = delete;
  Mourned& operator=(const Mourned&) = delete;
  ~Mourned() { --count; }
  int& count;
};

TEST(ScratchAndGroups, OutliveFramesAndCountUnderTheirTag) {
  SmartAlloc alloc(AllocConfig::minimal());
  GroupId level;
  ScratchPool* pool = nullptr;
  int* number = nullptr;
  {
    const TagScope tag = alloc.tag_scope("world");
    pool = &alloc.scratch_pool("work", 100_KiB);
    level = alloc.groups().create_group("level");
  }
  EXPECT_EQ(&alloc.scratch_pool("work"), pool);
  EXPECT_EQ(pool->capacity(), 100_KiB);
  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    if (frame == 0) {
      number = pool->alloc<int>();
      ASSERT_NE(number, nullptr);
      *number = 42;
    }
    ASSERT_NE(alloc.groups().alloc<double>(level), nullptr);
    alloc.end_frame();
  }
  EXPECT_EQ(*number, 42);
  EXPECT_EQ(alloc.groups().group_count(level), 3U);
  const AllocStats held = alloc.stats();
  EXPECT_GE(held.heap_allocated, 100_KiB + 24);
  EXPECT_EQ(alloc.tag_stats("world").heap_bytes, held.heap_allocated);
  EXPECT_TRUE(alloc.groups().free_group(level));
  EXPECT_TRUE(alloc.scratch().remove("work"));
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
}

TEST(ScratchAndGroups, EndWithTheAllocatorDestructorsIncluded) {
  int alive = 0;
  SystemSource system;
  CountingSource counting(system);
  {
    SmartAlloc alloc(AllocConfig::minimal().with_upstream(&counting));
    ASSERT_NE(alloc.scratch_pool("left").make<Mourned>(alive), nullptr);
    const GroupId group = alloc.groups().create_group("left");
    ASSERT_NE(alloc.groups().make<Mourned>(group, alive), nullptr);
    ASSERT_NE(alloc.groups().make<std::string>(group, std::size_t{500}, 'x'), nullptr);
    ASSERT_NE(alloc.groups().alloc_layout(group, 3_MiB, 4096), nullptr);
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(counting.live_blocks(), 0U);
}

TEST(ScratchAndGroups, BudgetsOfTagsHoldForThem) {
  AllocConfig config = AllocConfig::minimal().with_report_handler([](const Report&, void*) {});
  config.enable_budgets = true;
  SmartAlloc alloc(config);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("small", 0, 64_KiB));
  const TagScope tag = alloc.tag_scope("small");
  EXPECT_EQ(alloc.scratch_pool("too large", 1_MiB).alloc<int>(), nullptr);
  const GroupId group = alloc.groups().create_group("group");
  EXPECT_EQ(alloc.groups().alloc_layout(group, 100_KiB, 16), nullptr);
  EXPECT_NE(alloc.groups().alloc_layout(group, 1_KiB, 16), nullptr);
}

TEST(ScratchAndGroups, TrimGivesBackWhatTheyDoNotUse) {
  SmartAlloc alloc(AllocConfig::minimal());
  ScratchPool& pool = alloc.scratch_pool("peak", 100_KiB);
  for (int i = 0; i < 100; ++i) ASSERT_NE(pool.alloc_bytes(50_KiB), nullptr);
  const GroupId group = alloc.groups().create_group("peak");
  for (int i = 0; i < 100; ++i) ASSERT_NE(alloc.groups().alloc_layout(group, 50_KiB, 16), nullptr);
  EXPECT_TRUE(pool.reset());
  EXPECT_TRUE(alloc.groups().free_group(group));
  const std::size_t held = alloc.stats().reserved;
  EXPECT_GE(alloc.trim(), 9_MiB);
  EXPECT_LE(alloc.stats().reserved, held - 9_MiB);
  EXPECT_EQ(pool.capacity(), 100_KiB);
  EXPECT_NE(pool.alloc_bytes(50_KiB), nullptr);
}

TEST(ScratchAndGroups, ThreadsUseThemWithoutAttaching) {
  SmartAlloc alloc(AllocConfig::minimal());
  const GroupId group = alloc.groups().create_group("shared");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&alloc, group, t] {
      ScratchPool& own = alloc.scratch_pool("thread " + std::to_string(t), 8_KiB);
      for (int i = 0; i < 100; ++i) {
        EXPECT_NE(own.alloc_bytes(200), nullptr);
        EXPECT_NE(alloc.groups().alloc<int>(group), nullptr);
      }
      EXPECT_TRUE(own.reset());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(alloc.groups().group_count(group), 400U);
  EXPECT_EQ(alloc.scratch().stats().size(), 4U);
}

TEST(ScratchAndGroups, OfNoAllocatorDenyEverything) {
  NullSource nothing;
  const SmartAlloc alloc(AllocConfig::minimal().with_upstream(&nothing).with_report_handler(
      [](const Report&, void*) {}));
  ASSERT_FALSE(alloc);
  ScratchPool& pool = alloc.scratch_pool("none");
  EXPECT_EQ(pool.alloc<int>(), nullptr);
  EXPECT_FALSE(pool.borrow());
  EXPECT_EQ(pool.make<std::string>("x"), nullptr);
  EXPECT_EQ(pool.allocated(), 0U);
  EXPECT_TRUE(pool.reset());
  EXPECT_FALSE(pool.rewind(pool.checkpoint()));
  EXPECT_FALSE(alloc.scratch().get_or_create("none"));
  EXPECT_TRUE(alloc.scratch().stats().empty());
  EXPECT_EQ(alloc.scratch().with_pool("none", [](ScratchPool& p) { return p.try_alloc<int>(); }),
            nullptr);
  const GroupId group = alloc.groups().create_group("none");
  EXPECT_FALSE(group);
  EXPECT_EQ(alloc.groups().alloc<int>(group), nullptr);
  EXPECT_FALSE(alloc.groups().group("none"));
}

}  // namespace
}  // namespace framealloc
