// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scratch_registry.hpp>

#include "arena/scratch_fixture.hpp"

#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::Mourned;
using testing::ScratchWorld;

TEST(ScratchRegistryTest, PoolsGoByName) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  EXPECT_FALSE(registry.get("a"));
  ScratchPoolHandle a = registry.get_or_create("a", 8_KiB, ScratchPolicy::Fixed);
  ASSERT_TRUE(a);
  const std::string name = "b";
  ScratchPool& b = registry.pool(name);
  EXPECT_EQ(registry.get("a").get(), a.get());
  EXPECT_EQ(&registry.pool("b"), &b);
  EXPECT_EQ(registry.get_or_create("a", 1_MiB).capacity(), 8_KiB) << "the first call chooses";
  EXPECT_EQ(b.capacity(), 1_MiB);
  EXPECT_EQ(b.name(), "b");
  EXPECT_NE(a.alloc<double>(), nullptr);
  EXPECT_EQ(a.alloc_slice<int>(100).size(), 100U);
  EXPECT_EQ(a.alloc_slice<int>(100)[99], 0);
  EXPECT_EQ(a.allocated(), 816U);
  EXPECT_EQ(a.remaining(), 8_KiB - 816);
  ASSERT_NE(b.alloc_bytes(64), nullptr);
  const auto stats = registry.stats();
  ASSERT_EQ(stats.size(), 2U);
  EXPECT_EQ(stats[0].name, "a");
  EXPECT_EQ(stats[0].allocated, 816U);
  EXPECT_EQ(stats[0].capacity, 8_KiB);
  EXPECT_EQ(stats[0].policy, ScratchPolicy::Fixed);
  EXPECT_EQ(stats[1].name, "b");
  EXPECT_EQ(stats[1].allocated, 64U);
  EXPECT_TRUE(registry.reset("a"));
  EXPECT_FALSE(registry.reset("c"));
  EXPECT_EQ(a.allocated(), 0U);
  EXPECT_EQ(registry.reset_all(), 2U);
  EXPECT_EQ(b.allocated(), 0U);
  EXPECT_EQ(registry.stats()[0].resets, 2U);
  EXPECT_EQ(registry.stats()[0].high_water, 816U);
  EXPECT_TRUE(registry.exists("a"));
  EXPECT_TRUE(registry.remove("b"));
  EXPECT_FALSE(registry.remove("b"));
  EXPECT_FALSE(registry.exists("b"));
  EXPECT_EQ(registry.stats().size(), 1U);
}

TEST(ScratchRegistryTest, ARemovedPoolStaysUnderItsHandles) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  std::vector<int> ended;
  ScratchPoolHandle handle = registry.get_or_create("level", 100_KiB);
  ScratchPoolHandle copy = handle;
  ASSERT_NE(handle.make<Mourned>(ended, 1), nullptr);
  auto* const bytes = static_cast<unsigned char*>(handle.alloc_bytes(90_KiB));
  std::memset(bytes, 0x5A, 90_KiB);
  EXPECT_TRUE(registry.remove("level"));

  EXPECT_FALSE(handle);
  EXPECT_FALSE(copy.is_attached());
  EXPECT_EQ(handle.get(), nullptr);
  EXPECT_EQ(handle.alloc<int>(), nullptr);
  EXPECT_EQ(copy.alloc_slice<int>(4).data(), nullptr);
  EXPECT_FALSE(handle.reset());
  EXPECT_FALSE(copy.borrow());
  EXPECT_EQ(world.log.count(Code::FA401), 4U);
  EXPECT_EQ(handle.try_alloc<int>(), nullptr);
  EXPECT_EQ(world.log.count(Code::FA401), 4U);
  EXPECT_EQ(handle.name(), "level");

  // Its successor has memory of its own.
  ScratchPoolHandle next = registry.get_or_create("level", 100_KiB);
  auto* const others = static_cast<unsigned char*>(next.alloc_bytes(90_KiB));
  ASSERT_NE(others, nullptr);
  std::memset(others, 0, 90_KiB);
  EXPECT_EQ(registry.stats().size(), 1U);
  for (std::size_t i = 0; i < 90_KiB; ++i) ASSERT_EQ(bytes[i], 0x5A);
  handle = ScratchPoolHandle();
  EXPECT_TRUE(ended.empty());
  const std::size_t held = registry.ledger().totals(nullptr).bytes;
  copy.let_go();
  EXPECT_EQ(ended, std::vector<int>{1});
  EXPECT_LE(registry.ledger().totals(nullptr).bytes + 100_KiB, held);
}

TEST(ScratchRegistryTest, ARemovedPoolStaysUnderItsBorrows) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  std::vector<int> ended;
  ScratchBorrow borrow = registry.pool("gone").borrow();
  ASSERT_NE(borrow.make<Mourned>(ended, 1), nullptr);
  EXPECT_TRUE(registry.remove("gone"));
  EXPECT_EQ(borrow.alloc<int>(), nullptr);
  EXPECT_EQ(world.log.count(Code::FA401), 1U);
  EXPECT_TRUE(ended.empty());
  borrow.end();
  EXPECT_EQ(ended, std::vector<int>{1});
  EXPECT_EQ(registry.ledger().totals(nullptr).bytes, 0U);
}

TEST(ScratchRegistryTest, WithPoolServesOneThreadAtATime) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&registry, t] {
      for (int i = 0; i < 300; ++i) {
        const int sum = registry.with_pool("jobs", 4_KiB, [&](ScratchPool& pool) {
          const ScratchBorrow nothing_left = pool.borrow();
          const std::span<int> mine = pool.alloc_slice<int>(64);
          for (int& one : mine) one = t;
          return registry.with_pool("jobs", [&](ScratchPool& same) {  // nested: no deadlock
            EXPECT_EQ(&same, &pool);
            int found = 0;
            for (const int one : mine) found += one;
            return found;
          });
        });
        ASSERT_EQ(sum, t * 64);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(registry.stats()[0].allocated, 0U);
  EXPECT_EQ(registry.stats()[0].capacity, 4_KiB);
  EXPECT_EQ(world.log.size(), 0U);
}

TEST(ScratchRegistryTest, ThreadsMakeAndRemovePoolsAtOnce) {
  ScratchWorld world;
  {
    ScratchRegistry registry(world.context());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&registry, t] {
        for (int i = 0; i < 200; ++i) {
          // All of them by the same few names, each allocation on a pool of its own.
          const ScratchPoolHandle shared = registry.get_or_create("s" + std::to_string(i % 3));
          ScratchPool& own = registry.pool("own" + std::to_string(t), 2_KiB);
          auto* const block = static_cast<unsigned char*>(own.alloc_bytes(3_KiB));
          ASSERT_NE(block, nullptr);
          std::memset(block, t, 3_KiB);
          if (i % 5 == t) registry.remove("s" + std::to_string(i % 3));
          if (i % 7 == 0) {
            EXPECT_GE(registry.stats().size(), 1U);
            (void)registry.trim();
          }
          EXPECT_EQ(block[3_KiB - 1], static_cast<unsigned char>(t));
          if (i % 10 == 9) {
            EXPECT_TRUE(own.reset());
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

// Whichever request to the source fails: denied and reported, and everything comes back.
TEST(ScratchRegistryTest, NothingIsLostWhicheverRequestFails) {
  for (const bool sticky : {false, true}) {
    std::uint64_t n = 1;
    for (; n < 100; ++n) {
      FailingSource failing(system_source(), n, sticky);
      ScratchWorld world(0, false, &failing);
      std::vector<int> ended;
      int made = 0;
      {
        ScratchRegistry registry(world.context());
        for (int i = 0; i < 6; ++i) {
          const std::string name = "pool" + std::to_string(i);
          ScratchPool& pool = registry.pool(name, std::size_t{2} << (8 + 2 * i));
          std::size_t denied = 0;
          for (std::size_t k = 0; k < 12; ++k) {
            if (pool.make<Mourned>(ended, i) != nullptr) ++made;
            auto* const block = static_cast<char*>(pool.alloc_bytes(k * 9000));
            if (block == nullptr) ++denied;
            if (block != nullptr) std::memset(block, 7, k * 9000);
          }
          if (denied != 0) {
            EXPECT_GE(world.log.count(Code::FA012), denied);
          }
          if (i % 2 == 1) {
            EXPECT_TRUE(pool.reset());
          }
        }
      }
      EXPECT_EQ(ended.size(), static_cast<std::size_t>(made));
      world.close();
      EXPECT_EQ(world.source().live_blocks(), 0U) << "request " << n;
      EXPECT_EQ(world.limited_source().reserved(), 0U);
      if (failing.failures() == 0) break;
    }
    EXPECT_GT(n, 10U);
    EXPECT_LT(n, 100U);
  }
}

}  // namespace
}  // namespace framealloc
