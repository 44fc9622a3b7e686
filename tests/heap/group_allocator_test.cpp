// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/group_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::HandleWorld;

struct Mourned {
  Mourned(std::vector<int>& list, int number) : ended(&list), id(number) {}
  Mourned(const Mourned&) = delete;
  Mourned& operator=(const Mourned&) = delete;
  ~Mourned() { ended->push_back(id); }
  std::vector<int>* ended;
  int id;
};

TEST(GroupTest, CountsWhatItHolds) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  const GroupId level = groups.create_group("level 1");
  const GroupId other = groups.create_group("level 1");
  ASSERT_TRUE(level);
  EXPECT_NE(level, other) << "names need not differ";
  EXPECT_EQ(groups.group_name(level), "level 1");
  EXPECT_TRUE(groups.group_exists(level));
  double* const number = groups.alloc<double>(level);
  ASSERT_NE(number, nullptr);
  *number = 1.5;
  EXPECT_EQ(*groups.alloc_val(level, std::string("text")), "text");
  const std::span<int> slice = groups.alloc_slice<int>(level, 10);
  ASSERT_EQ(slice.size(), 10U);
  for (const int one : slice) EXPECT_EQ(one, 0);
  EXPECT_NE(groups.alloc_layout(level, 100, 8), nullptr);
  EXPECT_EQ(groups.group_size(level), sizeof(double) + sizeof(std::string) + 40 + 100);
  EXPECT_EQ(groups.group_count(level), 4U);
  EXPECT_EQ(groups.group_count(other), 0U);
  const GroupStats stats = groups.stats();
  EXPECT_EQ(stats.total_groups, 2U);
  EXPECT_EQ(stats.total_allocations, 4U);
  EXPECT_EQ(stats.total_bytes, groups.group_size(level));
  EXPECT_EQ(stats.segments, 1U);
  EXPECT_EQ(*number, 1.5);

  EXPECT_TRUE(groups.free_group(level));
  EXPECT_FALSE(groups.group_exists(level));
  EXPECT_EQ(groups.group_size(level), 0U);
  EXPECT_EQ(groups.group_name(level), "");
  EXPECT_EQ(world.report_count(), 0U) << "to ask is in order";
  EXPECT_EQ(groups.alloc<int>(level), nullptr);
  EXPECT_EQ(groups.make<std::string>(level, "x"), nullptr);
  EXPECT_EQ(groups.alloc_slice<int>(level, 3).data(), nullptr);
  EXPECT_FALSE(groups.create_child(level, "late"));
  EXPECT_FALSE(groups.free_group(level));
  EXPECT_EQ(world.reports(Code::FA401).size(), 5U);
  // The slot's next group does not answer to the old id.
  const GroupId next = groups.create_group("next");
  EXPECT_EQ(next.id().index, level.id().index);
  EXPECT_EQ(groups.alloc<int>(level), nullptr);
  EXPECT_FALSE(groups.free_group(GroupId()));
  EXPECT_EQ(groups.alloc<int>(GroupId()), nullptr);
  EXPECT_EQ(world.reports(Code::FA401).size(), 6U);
}

// Not one call of the source for each allocation, and not one step of freeing either: a step is a
// segment that goes back.
TEST(GroupTest, TenThousandAllocationsAreAFewSegments) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  for (int round = 0; round < 3; ++round) {
    const GroupId group = groups.create_group("many");
    const std::uint64_t requests = world.source().requests();
    const std::uint64_t taken = groups.stats().segments_taken;
    for (int i = 0; i < 10'000; ++i) {
      auto* const block = static_cast<unsigned char*>(groups.alloc_layout(group, 64, 16));
      ASSERT_NE(block, nullptr);
      std::memset(block, i, 64);
    }
    EXPECT_EQ(groups.group_count(group), 10'000U);
    // 640 KB, in chunks of 64 KiB of which a piece takes a quarter at most.
    EXPECT_LE(groups.stats().segments, 48U);
    EXPECT_LE(world.source().requests() - requests, round == 0 ? 16U : 0U);
    const auto before = groups.ledger().totals(nullptr);
    EXPECT_LE(groups.stats().reserved_bytes, 700'000U);
    EXPECT_TRUE(groups.free_group(group));
    const auto after = groups.ledger().totals(nullptr);
    EXPECT_EQ(after.frees - before.frees, groups.stats().segments_taken - taken);
    EXPECT_EQ(after.bytes, 0U);
  }
  EXPECT_GT(world.chunks().trim(), 600'000U) << "all of it can go back to the system";
}

TEST(GroupTest, DestructorsRunNewestFirstAndChildrenBeforeParents) {
  HandleWorld world;
  std::vector<int> ended;  // outlives the objects that write to it
  GroupAllocator groups(world.context());
  const GroupId level = groups.create_group("level");
  ASSERT_NE(groups.make<Mourned>(level, ended, 1), nullptr);
  const GroupId first = groups.create_child(level, "first");
  const GroupId second = groups.create_child(level, "second");
  const GroupId deep = groups.create_child(first, "deep");
  const GroupId deeper = groups.create_child(deep, "deeper");
  const GroupId apart = groups.create_group("apart");
  ASSERT_NE(groups.make<Mourned>(apart, ended, 9), nullptr);
  ASSERT_NE(groups.make<Mourned>(first, ended, 2), nullptr);
  ASSERT_NE(groups.make<Mourned>(second, ended, 3), nullptr);
  ASSERT_NE(groups.make<Mourned>(deeper, ended, 5), nullptr);
  ASSERT_NE(groups.make<Mourned>(deep, ended, 4), nullptr);
  ASSERT_NE(groups.make<Mourned>(level, ended, 6), nullptr);
  EXPECT_EQ(groups.stats().total_groups, 6U);
  EXPECT_TRUE(groups.free_group(level));
  EXPECT_EQ(ended, (std::vector<int>{3, 5, 4, 2, 6, 1}));
  for (const GroupId gone : {level, first, second, deep, deeper}) {
    EXPECT_FALSE(groups.group_exists(gone));
  }
  EXPECT_TRUE(groups.group_exists(apart));
  EXPECT_EQ(groups.stats().total_groups, 1U);

  // A child that is freed alone leaves its parent and its siblings whole.
  const GroupId parent = groups.create_group("parent");
  GroupId children[3];
  for (GroupId& child : children) child = groups.create_child(parent, "child");
  EXPECT_TRUE(groups.free_group(children[1]));
  EXPECT_TRUE(groups.free_group(children[0]));
  EXPECT_TRUE(groups.group_exists(children[2]));
  EXPECT_TRUE(groups.free_group(parent));
  EXPECT_FALSE(groups.group_exists(children[2]));
}

TEST(GroupTest, EverythingGoesBackWithTheAllocator) {
  HandleWorld world;
  std::vector<int> ended;
  {
    GroupAllocator groups(world.context());
    for (int i = 0; i < 100; ++i) {
      const GroupId group = groups.create_group("group " + std::to_string(i));
      const GroupId child = groups.create_child(group, "child");
      ASSERT_NE(groups.make<Mourned>(group, ended, i), nullptr);
      ASSERT_NE(groups.make<Mourned>(child, ended, i), nullptr);
      ASSERT_NE(groups.make<std::string>(child, std::size_t{1000}, 'x'), nullptr);
      ASSERT_NE(groups.alloc_layout(group, i % 10 == 0 ? 300'000 : 30, 16), nullptr);
    }
  }
  EXPECT_EQ(ended.size(), 200U);
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
  EXPECT_EQ(world.limited_source().reserved(), 0U);
}

TEST(GroupTest, EveryAlignmentAndSizeIsKept) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  const GroupId group = groups.create_group("mixed");
  struct alignas(512) Wide {
    explicit Wide(int n) : number(n) {}
    ~Wide() { number = 0; }
    int number;
  };
  struct Kept {
    unsigned char* at;
    std::size_t size;
  };
  std::vector<Kept> kept;
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t alignment = 1; alignment <= 256_KiB; alignment *= 4) {
      const std::size_t size = (i * 1237) % 5000;
      auto* const block = static_cast<unsigned char*>(groups.alloc_layout(group, size, alignment));
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(is_aligned(block, alignment));
      if (size != 0) std::memset(block, static_cast<int>(kept.size()), size);
      kept.push_back({block, size});
    }
    Wide* const wide = groups.make<Wide>(group, static_cast<int>(i));
    EXPECT_TRUE(is_aligned(wide, 512));
    EXPECT_EQ(wide->number, static_cast<int>(i));
    EXPECT_TRUE(is_aligned(groups.alloc<Wide>(group), 512));
    auto* const large = static_cast<unsigned char*>(groups.alloc_layout(group, i * 9000 + 1, 64));
    ASSERT_NE(large, nullptr);
    EXPECT_TRUE(is_aligned(large, 64));
    std::memset(large, static_cast<int>(kept.size()), i * 9000 + 1);
    kept.push_back({large, i * 9000 + 1});
  }
  for (std::size_t n = 0; n < kept.size(); ++n) {
    for (std::size_t i = 0; i < kept[n].size; ++i) {
      ASSERT_EQ(kept[n].at[i], static_cast<unsigned char>(n));
    }
  }
  EXPECT_EQ(world.report_count(), 0U);
}

TEST(GroupTest, NoBytesAreARequestAndImpossibleOnesAreReported) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  const GroupId group = groups.create_group("sizes");
  void* const nothing = groups.alloc_layout(group, 0, 1);
  ASSERT_NE(nothing, nullptr);
  EXPECT_NE(nothing, groups.alloc_layout(group, 0, 1));
  EXPECT_NE(groups.alloc_slice<std::string>(group, 0).data(), nullptr);
  EXPECT_EQ(groups.group_size(group), 0U);
  EXPECT_EQ(groups.group_count(group), 3U);
  EXPECT_EQ(groups.alloc_slice<std::uint64_t>(group, SIZE_MAX / 4).data(), nullptr);
  EXPECT_EQ(groups.alloc_slice<std::string>(group, SIZE_MAX / 32 + 2).data(), nullptr);
  EXPECT_EQ(groups.alloc_layout(group, SIZE_MAX, 16), nullptr);
  EXPECT_EQ(groups.alloc_layout(group, 8, 24), nullptr);
  EXPECT_EQ(groups.alloc_layout(group, 8, 0), nullptr);
  EXPECT_EQ(groups.alloc_layout(group, 8, (SIZE_MAX >> 1) + 1), nullptr);
  EXPECT_EQ(world.reports(Code::FA011).size(), 6U);
  EXPECT_EQ(world.report_count(), 6U);
  EXPECT_EQ(groups.group_count(group), 3U);
}

TEST(GroupTest, ADestructorMayCallBack) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  struct Caller {
    Caller(GroupAllocator& g, GroupId own, GroupId other_group)
        : groups(&g), mine(own), other(other_group) {}
    ~Caller() {
      EXPECT_FALSE(groups->group_exists(mine)) << "stale at once";
      EXPECT_EQ(groups->alloc<int>(mine), nullptr);
      EXPECT_FALSE(groups->free_group(mine));
      EXPECT_NE(groups->alloc<int>(other), nullptr);
      const GroupId fresh = groups->create_group("fresh");
      EXPECT_NE(groups->make<std::string>(fresh, "made while another goes"), nullptr);
      EXPECT_TRUE(groups->free_group(fresh));
      EXPECT_EQ(groups->stats().total_groups, 1U);
    }
    GroupAllocator* groups;
    GroupId mine, other;
  };
  const GroupId other = groups.create_group("other");
  const GroupId group = groups.create_group("group");
  ASSERT_NE(groups.make<Caller>(group, groups, group, other), nullptr);
  EXPECT_TRUE(groups.free_group(group));
  EXPECT_EQ(groups.group_count(other), 1U);
  EXPECT_EQ(world.reports(Code::FA401).size(), 2U);
}

// The constructor frees the group that its object is to live in: the memory stays until it is done.
TEST(GroupTest, AGroupThatGoesDuringAConstructorWaitsForIt) {
  HandleWorld world;
  std::vector<int> ended;  // outlives the objects that write to it
  GroupAllocator groups(world.context());
  struct Suicidal {
    Suicidal(GroupAllocator& groups, GroupId own, std::vector<int>& list) : last(list, 2) {
      EXPECT_TRUE(groups.free_group(own));
      EXPECT_TRUE(list.empty());
      std::memset(filler, 0x11, sizeof filler);
    }
    Mourned last;
    unsigned char filler[200];
  };
  const GroupId parent = groups.create_group("parent");
  ASSERT_NE(groups.make<Mourned>(parent, ended, 1), nullptr);
  const GroupId group = groups.create_child(parent, "group");
  (void)groups.make<Suicidal>(group, groups, parent, ended);
  EXPECT_EQ(ended, (std::vector<int>{2, 1}));
  EXPECT_EQ(groups.stats().total_groups, 0U);
  EXPECT_EQ(groups.ledger().totals(nullptr).bytes, 0U);
}

TEST(GroupHandleTest, FreesItsGroupUnlessReleased) {
  HandleWorld world;
  std::vector<int> ended;  // outlives the objects that write to it
  GroupAllocator groups(world.context());
  GroupId kept;
  {
    GroupHandle level = groups.group("level");
    ASSERT_TRUE(level);
    ASSERT_NE(level.make<Mourned>(ended, 1), nullptr);
    *level.alloc<int>() = 5;
    EXPECT_EQ(*level.alloc_val(7), 7);
    EXPECT_EQ(level.alloc_slice<short>(4).size(), 4U);
    EXPECT_NE(level.alloc_layout(10, 128), nullptr);
    EXPECT_EQ(level.count(), 5U);
    EXPECT_EQ(level.size(), sizeof(Mourned) + 4 + 4 + 8 + 10);
    EXPECT_EQ(level.name(), "level");
    GroupHandle inner = level.child("inner");
    ASSERT_NE(inner.make<Mourned>(ended, 2), nullptr);
    GroupHandle moved = std::move(level);
    EXPECT_FALSE(level);
    EXPECT_EQ(level.alloc<int>(), nullptr);
    moved.free_all();
    EXPECT_EQ(ended, (std::vector<int>{2, 1}));
    EXPECT_FALSE(moved);
    moved = groups.group("other");
    kept = moved.id();
    EXPECT_EQ(moved.release(), kept);
    const GroupHandle dropped = groups.group("dropped");
  }  // the handle of the inner group notices that it has gone
  EXPECT_EQ(groups.stats().total_groups, 1U);
  EXPECT_TRUE(groups.group_exists(kept));
  EXPECT_EQ(world.report_count(), 0U);
}

}  // namespace
}  // namespace framealloc
