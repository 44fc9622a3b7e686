// SPDX-License-Identifier: MIT OR Apache-2.0
// Groups under budgets, limits and sources that fail.
#include <framealloc/group_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::HandleWorld;

TEST(GroupBudgetTest, DeniesBeyondItAndIncludesChildren) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  const GroupId level = groups.create_group("level", 1000);
  const GroupId mesh = groups.create_child(level, "mesh", 600);
  const GroupId sound = groups.create_child(level, "sound");
  EXPECT_EQ(groups.budget_remaining(level), 1000U);
  EXPECT_EQ(groups.budget_remaining(mesh), 600U);
  ASSERT_NE(groups.alloc_layout(level, 300, 16), nullptr);
  ASSERT_NE(groups.alloc_layout(mesh, 500, 16), nullptr);
  EXPECT_EQ(groups.alloc_layout(mesh, 101, 16), nullptr) << "its own";
  EXPECT_EQ(groups.alloc_layout(sound, 201, 16), nullptr) << "its parent's";
  const auto reports = world.reports(Code::FA313);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].requested, 101U);
  EXPECT_EQ(reports[0].available, 100U);
  EXPECT_NE(reports[0].message.find("'mesh'"), std::string::npos) << reports[0].message;
  EXPECT_EQ(reports[1].available, 200U);
  EXPECT_NE(reports[1].message.find("'level'"), std::string::npos) << reports[1].message;
  EXPECT_EQ(groups.budget_remaining(mesh), 100U) << "a denial charges nothing";
  EXPECT_NE(groups.alloc_layout(sound, 200, 16), nullptr);
  EXPECT_EQ(groups.budget_remaining(level), 0U);
  EXPECT_EQ(groups.budget_remaining(mesh), 0U);
  EXPECT_EQ(groups.stats().denials, 2U);
  EXPECT_TRUE(groups.free_group(mesh));
  EXPECT_EQ(groups.budget_remaining(level), 500U);
  EXPECT_NE(groups.alloc_slice<char>(sound, 500).data(), nullptr);
  EXPECT_TRUE(groups.free_group(sound));
  EXPECT_EQ(groups.budget_remaining(level), 700U);
  EXPECT_EQ(groups.budget_remaining(groups.create_group("none")), SIZE_MAX);
}

TEST(GroupBudgetTest, PiecesAreChargedToTheTagOfTheMaker) {
  HandleWorld world(0, true);
  GroupAllocator groups(world.context());
  ASSERT_TRUE(world.budgets().register_tag_budget("assets", 0, 100'000));
  const TagId assets = world.tag("assets");
  world.set_tag(assets);
  const GroupId group = groups.create_group("textures");
  world.set_tag(TagId::Untagged);
  std::size_t got = 0;
  while (groups.alloc_layout(group, 1000, 16) != nullptr) ++got;
  EXPECT_GE(got, 60U);
  EXPECT_LE(got, 100U);
  const auto reports = world.reports(Code::FA311);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].tag, "assets");
  EXPECT_EQ(groups.ledger().bytes_of(assets), groups.stats().reserved_bytes);
  EXPECT_EQ(world.budgets().get_tag_budget("assets")->current_usage, groups.stats().reserved_bytes);
  EXPECT_EQ(groups.ledger().bytes_of(TagId::Untagged), 0U);
  EXPECT_TRUE(groups.free_group(group));
  EXPECT_EQ(world.budgets().get_tag_budget("assets")->current_usage, 0U);
}

TEST(GroupLimitTest, TheLimitOnMemoryDenies) {
  HandleWorld world(512_KiB);
  GroupAllocator groups(world.context());
  const GroupId group = groups.create_group("limited");
  EXPECT_EQ(groups.alloc_layout(group, 1_MiB, 16), nullptr);
  EXPECT_EQ(world.reports(Code::FA310).size(), 1U);
  EXPECT_NE(groups.alloc_layout(group, 100_KiB, 16), nullptr);
  EXPECT_EQ(groups.group_count(group), 1U);
}

struct Alive {
  explicit Alive(int& counter) : count(counter) { ++count; }
  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;
  ~Alive() { --count; }
  int& count;
};

// Whichever request to the source fails: denied and reported, and everything comes back.
TEST(GroupLimitTest, NothingIsLostWhicheverRequestFails) {
  for (const bool sticky : {false, true}) {
    std::uint64_t n = 1;
    for (; n < 200; ++n) {
      FailingSource failing(system_source(), n, sticky);
      HandleWorld world(0, false, &failing);
      int alive = 0;
      {
        GroupAllocator groups(world.context());
        std::size_t denied = 0;
        for (std::size_t i = 0; i < 60; ++i) {
          const GroupId group = groups.create_group("group", i % 3 == 0 ? 400'000 : 0);
          const GroupId child = groups.create_child(group, std::string(i * 10, 'n'));
          for (std::size_t k = 0; k < 30; ++k) {
            (void)groups.make<Alive>(child, alive);
            const std::size_t size = k * 40 + (k == 29 ? i * 5000 : 0);
            auto* const block = static_cast<char*>(groups.alloc_layout(group, size, 32));
            if (block == nullptr) ++denied;
            if (block != nullptr) std::memset(block, 9, size);
          }
          if (i % 2 == 0 && group) {
            EXPECT_TRUE(groups.free_group(group));
          }
        }
        if (denied != 0) {
          EXPECT_GE(world.reports(Code::FA012).size(), 1U);
        }
        const GroupStats stats = groups.stats();
        EXPECT_EQ(groups.ledger().totals(nullptr).bytes, stats.reserved_bytes);
      }
      EXPECT_EQ(alive, 0);
      world.close();
      EXPECT_EQ(world.source().live_blocks(), 0U) << "request " << n;
      EXPECT_EQ(world.limited_source().reserved(), 0U);
      if (failing.failures() == 0) break;
    }
    EXPECT_GT(n, 10U);
    EXPECT_LT(n, 200U);
  }
}

}  // namespace
}  // namespace framealloc
