// SPDX-License-Identifier: MIT OR Apache-2.0
// Many threads make, fill, nest and free groups, their own and each other's.
#include <framealloc/group_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleWorld;

constexpr int kThreads = 8;

std::atomic<int> objects_alive{0};

struct Object {
  explicit Object(std::uint32_t n) : number(n), mirror(~n) { objects_alive.fetch_add(1); }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() {
    EXPECT_EQ(number, ~mirror);
    objects_alive.fetch_sub(1);
  }
  std::uint32_t number, mirror;
};

struct Rng {
  std::uint32_t state;
  std::uint32_t below(std::uint32_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % bound;
  }
};

TEST(GroupStressTest, ThreadsShareGroupsAndFreeThemUnderEachOther) {
  HandleWorld world(0, true);
  {
    GroupAllocator groups(world.context());
    std::atomic<GroupId> shared[6] = {};
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        Rng rng{t * 7919 + 1};
        for (int step = 0; step < 3000; ++step) {
          std::atomic<GroupId>& place = shared[rng.below(6)];
          GroupId group = place.load();
          switch (rng.below(16)) {
            case 0: {
              GroupId fresh = rng.below(2) == 0 ? groups.create_group("root", 200'000)
                                                : groups.create_child(group, "child");
              if (!fresh) break;
              const GroupId old = place.exchange(fresh);
              if (old && rng.below(2) == 0) (void)groups.free_group(old);
              break;
            }
            case 1:
              (void)groups.free_group(group);
              break;
            case 2:
              (void)groups.stats();
              (void)groups.group_size(group);
              break;
            default:
              // What comes back may be gone already; only the allocator may touch it.
              (void)groups.make<Object>(group, rng.below(1000));
              (void)groups.alloc_layout(group, rng.below(600), 16);
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const GroupStats stats = groups.stats();
    EXPECT_EQ(stats.groups_created - stats.groups_freed, stats.total_groups);
    EXPECT_EQ(groups.ledger().totals(nullptr).bytes, stats.reserved_bytes);
    EXPECT_GT(stats.groups_freed, 100U);
  }
  EXPECT_EQ(objects_alive.load(), 0);
  EXPECT_EQ(world.budgets().current_usage(), 0U);
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

TEST(GroupStressTest, OwnGroupsOfThreadsDoNotMix) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&groups, t] {
      for (int round = 0; round < 20; ++round) {
        GroupHandle mine = groups.group("mine");
        std::vector<unsigned char*> blocks;
        for (int i = 0; i < 200; ++i) {
          blocks.push_back(static_cast<unsigned char*>(mine.alloc_layout(200, 16)));
          ASSERT_NE(blocks.back(), nullptr);
          std::memset(blocks.back(), static_cast<int>(t), 200);
        }
        for (const unsigned char* block : blocks) {
          for (int i = 0; i < 200; ++i) ASSERT_EQ(block[i], t);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(groups.stats().total_groups, 0U);
  EXPECT_EQ(groups.ledger().totals(nullptr).bytes, 0U);
}

// One thread at a time gets the last bytes of a budget that several charge at once.
TEST(GroupStressTest, ABudgetHoldsAgainstManyThreads) {
  HandleWorld world;
  GroupAllocator groups(world.context());
  const GroupId level = groups.create_group("level", 100'000);
  std::atomic<std::size_t> got{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const GroupId mine = groups.create_child(level, "part");
      for (int i = 0; i < 300; ++i) {
        if (groups.alloc_layout(mine, 100, 16) != nullptr) got.fetch_add(100);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got.load(), 100'000U);
  EXPECT_EQ(groups.budget_remaining(level), 0U);
  EXPECT_TRUE(groups.free_group(level));
}

}  // namespace
}  // namespace framealloc
