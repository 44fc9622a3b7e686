// SPDX-License-Identifier: MIT OR Apache-2.0
// What a thread frees waits for its own next object of the kind: no lock, and nothing that
// compaction, budgets, other threads or the sums would not know of.
#include <framealloc/handle_allocator.hpp>

#include "heap/handle_cache_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleCacheTest;
using testing::HandleWorld;
using testing::Other;
using testing::Small;

TEST_F(HandleCacheTest, TheNextObjectOfTheKindHasSlotAndBlock) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto made = fill<Small>(handles);
  const HandleAllocatorStats before = handles.stats();
  const void* const home = handles.resolve(made[7]);
  ASSERT_TRUE(handles.free(made[7]));
  const HandleAllocatorStats between = handles.stats();
  EXPECT_EQ(between.active_handles, before.active_handles - 1);
  EXPECT_EQ(between.total_allocated, before.total_allocated - 48);
  EXPECT_EQ(between.free_slots, before.free_slots + 1);
  EXPECT_EQ(between.used_bytes, before.used_bytes - 64);
  EXPECT_EQ(between.hole_bytes, before.hole_bytes + 64);
  EXPECT_EQ(between.relocatable_count, between.active_handles);
  EXPECT_FALSE(handles.is_valid(made[7]));
  EXPECT_FALSE(handles.free(made[7]));
  EXPECT_EQ(world.reports(Code::FA401).size(), 1U);

  const Handle<Small> next = handles.alloc<Small>();
  EXPECT_EQ(handles.resolve(next), home);
  EXPECT_EQ(next.raw_index(), made[7].raw_index());
  EXPECT_EQ(next.raw_generation(), made[7].raw_generation() + 1);
  EXPECT_EQ(handles.try_resolve(made[7]), nullptr);
  EXPECT_EQ(handles.stats().active_handles, before.active_handles);
  EXPECT_EQ(handles.stats().free_slots, before.free_slots);
  EXPECT_EQ(handles.stats().used_bytes, before.used_bytes);
}

TEST_F(HandleCacheTest, ManyWaitAndTheNewestComesFirst) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto made = fill<Small>(handles);
  const std::size_t slots = handles.stats().total_slots;
  std::vector<std::uint32_t> freed;
  for (std::size_t i = 0; i < 60; ++i) {
    ASSERT_TRUE(handles.free(made[i]));
    freed.push_back(made[i].raw_index());
  }
  EXPECT_EQ(handles.active_count(), 140U);
  const std::uint32_t most = detail::HandleCache::kMostWaiting;
  for (std::uint32_t i = 0; i < most; ++i) {
    EXPECT_EQ(handles.alloc<Small>().raw_index(), freed[most - 1 - i]);
  }
  for (std::uint32_t i = most; i < 60; ++i) EXPECT_FALSE(handles.alloc<Small>().is_dangling());
  EXPECT_EQ(handles.active_count(), 200U);
  EXPECT_EQ(handles.stats().total_slots, slots);
}

TEST_F(HandleCacheTest, CountsOfEachTagAreExact) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const TagId ai = world.tag("ai");
  const TagId ui = world.tag("ui");
  for (const TagId tag : {ai, ui}) {
    world.set_tag(tag);
    auto made = fill<Small>(handles, 100);
    const detail::LedgerTotals before = handles.ledger().totals(&tag);
    for (std::size_t i = 0; i < 1000; ++i) {
      Handle<Small>& one = made[i * 7 % made.size()];
      ASSERT_TRUE(handles.free(one));
      one = handles.alloc_raw<Small>();
    }
    const detail::LedgerTotals after = handles.ledger().totals(&tag);
    EXPECT_EQ(after.bytes, 4800U);
    EXPECT_EQ(after.allocations, before.allocations + 1000);
    EXPECT_EQ(after.frees, before.frees + 1000);
    EXPECT_EQ(after.bytes_total, before.bytes_total + 48'000);
    EXPECT_EQ(handles.ledger().bytes_of(tag), 4800U);
  }
  std::size_t most = 0;
  EXPECT_EQ(handles.ledger().holder_of_most(&most), ai);
  EXPECT_EQ(most, 4800U);
  EXPECT_EQ(handles.total_allocated(), 9600U);
}

TEST_F(HandleCacheTest, WhatAnotherTagFreedIsNotItsNextObject) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const TagId ai = world.tag("ai");
  const TagId ui = world.tag("ui");
  world.set_tag(ai);
  const auto made = fill<Small>(handles);
  ASSERT_TRUE(handles.free(made[3]));
  world.set_tag(ui);
  EXPECT_NE(handles.alloc<Small>().raw_index(), made[3].raw_index());
  world.set_tag(ai);
  EXPECT_EQ(handles.alloc<Small>().raw_index(), made[3].raw_index());
  EXPECT_EQ(handles.ledger().bytes_of(ui), 48U);
}

TEST_F(HandleCacheTest, WhatWaitsStaysChargedAndIsHadBeforeADenial) {
  HandleWorld world(0, true);
  HandleAllocator handles(world.context());
  ASSERT_TRUE(world.budgets().register_tag_budget("game", 0, 201 * 48));
  world.set_tag(world.tag("game::ai"));
  const auto made = fill<Small>(handles);
  for (std::size_t i = 0; i < 5; ++i) ASSERT_TRUE(handles.free(made[i]));
  EXPECT_EQ(ready(handles, world, "game::ai"), 5 * 48U);
  EXPECT_EQ(ready(handles, world, "game"), 195 * 48U + 5 * 48U);  // its sub-tag's

  // 6 * 48 bytes are left to the budget, 5 of these wait: another kind and tag gets them.
  world.set_tag(world.tag("game::ui"));
  EXPECT_FALSE(handles.alloc<Other>().is_dangling());
  EXPECT_FALSE(handles.alloc<Other>().is_dangling());
  EXPECT_EQ(ready(handles, world, "game::ai"), 0U);
  EXPECT_TRUE(world.reports(Code::FA311).empty());
  EXPECT_EQ(world.budgets().get_tag_budget("game")->denials, 0U);
  EXPECT_TRUE(handles.alloc<Other>().is_dangling());  // 288 - 224 bytes are too few
  EXPECT_EQ(world.reports(Code::FA311).size(), 1U);
}

TEST_F(HandleCacheTest, WhatWaitsCanBeHadBack) {
  HandleWorld world(0, true);
  HandleAllocator handles(world.context());
  world.set_tag(world.tag("ai"));
  auto made = fill<Small>(handles);
  for (std::size_t i = 0; i < 5; ++i) ASSERT_TRUE(handles.free(made[i]));
  const HandleAllocatorStats before = handles.stats();
  EXPECT_EQ(handles.release_cached(), 5 * 48U);
  EXPECT_EQ(handles.release_cached(), 0U);
  EXPECT_EQ(ready(handles, world, "ai"), 0U);
  EXPECT_EQ(handles.stats().free_slots, before.free_slots);
  EXPECT_EQ(handles.stats().used_bytes, before.used_bytes);
  EXPECT_EQ(handles.active_count(), 195U);
  // It waits again as before.
  ASSERT_TRUE(handles.free(made[9]));
  EXPECT_EQ(ready(handles, world, "ai"), 48U);
  EXPECT_EQ(handles.alloc<Small>().raw_index(), made[9].raw_index());
}

TEST_F(HandleCacheTest, AChunkGoesWithItsLastObjectWhateverWaits) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  for (const std::size_t count : {2U, 3U, 16U, 17U, 18U, 100U, 3000U}) {
    std::vector<Handle<Small>> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(handles.alloc<Small>());
    for (const Handle<Small> handle : made) ASSERT_TRUE(handles.free(handle));
    EXPECT_EQ(handles.stats().chunks, 0U) << count << " objects";
    EXPECT_EQ(handles.stats().free_slots, handles.stats().total_slots);
  }
}

TEST_F(HandleCacheTest, SlotsThatWaitComeBeforeNewOnes) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  auto made = fill<Small>(handles);
  while (handles.stats().free_slots != 0) made.push_back(handles.alloc<Small>());
  const std::size_t slots = handles.stats().total_slots;
  for (std::size_t i = 0; i < 10; ++i) ASSERT_TRUE(handles.free(made[i]));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(handles.alloc<Other>().is_dangling());
  EXPECT_EQ(handles.stats().total_slots, slots);
  EXPECT_EQ(handles.stats().free_slots, 0U);
}

TEST_F(HandleCacheTest, MemoryThatWaitsComesBeforeADenial) {
  HandleWorld world(std::size_t{300} << 10);
  HandleAllocator handles(world.context());
  auto made = fill<Other>(handles, 400);
  for (;;) {
    const Handle<Other> one = handles.alloc<Other>();
    if (one.is_dangling()) break;
    made.push_back(one);
  }
  // Neighbors, so that together they are a hole for something larger.
  for (std::size_t i = 200; i < 210; ++i) ASSERT_TRUE(handles.free(made[i]));
  struct Large {
    std::array<char, 1000> bytes;
  };
  using Larger = std::array<char, 2000>;
  EXPECT_TRUE(handles.alloc<Larger>().is_dangling());
  EXPECT_FALSE(handles.alloc<Large>().is_dangling());
}

TEST_F(HandleCacheTest, NothingWaitsInAChunkThatIsBeingEmptied) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<Handle<Small>> made = fill<Small>(handles, 4000);
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (i % 8 != 0) {
      ASSERT_TRUE(handles.free(made[i]));
    }
  }
  CompactBudget budget;
  budget.bytes = 48;
  ASSERT_FALSE(handles.compact(budget).finished);
  // A chunk is set apart; objects come and go while it is emptied.
  const std::size_t chunks = handles.stats().chunks;
  for (std::size_t i = 0; i < made.size(); i += 8) {
    if (i % 64 != 0) continue;
    ASSERT_TRUE(handles.free(made[i]));
    made[i] = handles.alloc<Small>();
    std::memset(handles.resolve(made[i])->bytes.data(), static_cast<int>(i % 100), 48);
    (void)handles.compact(budget);
  }
  (void)handles.compact();
  EXPECT_LT(handles.stats().chunks, chunks);
  for (std::size_t i = 0; i < made.size(); i += 64) {
    for (const char byte : handles.resolve(made[i])->bytes) ASSERT_EQ(byte, i % 100);
  }
  EXPECT_EQ(handles.active_count(), 500U);
}

TEST_F(HandleCacheTest, OneThatMayNotMoveOrTellsIsNotTheNext) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto made = fill<Small>(handles);
  int told = 0;
  HandleOptions hooked;
  hooked.on_relocate = [](const Relocation&, void* told_to) { ++*static_cast<int*>(told_to); };
  hooked.context = &told;
  HandleOptions fixed;
  fixed.relocatable = false;
  for (const HandleOptions& options : {hooked, fixed}) {
    ASSERT_TRUE(handles.free(made[options.relocatable ? 1U : 2U]));
    const Handle<Small> special = handles.alloc_with_options<Small>(options);
    EXPECT_NE(special.raw_index(), made[options.relocatable ? 1U : 2U].raw_index());
    ASSERT_TRUE(handles.free(special));
    EXPECT_NE(handles.alloc<Small>().raw_index(), special.raw_index());
  }
  EXPECT_EQ(handles.stats().relocatable_count, handles.active_count());
}

TEST_F(HandleCacheTest, TypesThatNeverMoveWaitToo) {
  struct Anchored {
    Anchored() = default;
    Anchored(const Anchored&) = delete;
    Anchored& operator=(const Anchored&) = delete;
    ~Anchored() { value = 0; }
    std::uint64_t value = 17;
  };
  static_assert(!is_handle_movable<Anchored>);
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto made = fill<Anchored>(handles);
  ASSERT_TRUE(handles.free(made[5]));
  EXPECT_EQ(handles.stats().relocatable_count, 0U);
  EXPECT_EQ(handles.alloc<Anchored>().raw_index(), made[5].raw_index());
  EXPECT_EQ(handles.stats().relocatable_count, 0U);
  ASSERT_TRUE(handles.free(made[6]));
  EXPECT_EQ(handles.stats().relocatable_count, 0U);
  // What waits does not keep its chunk from being emptied.
  for (const auto& handle : made) {
    if (handles.is_valid(handle)) {
      ASSERT_TRUE(handles.free(handle));
    }
  }
}

TEST_F(HandleCacheTest, ASlotWhoseGenerationsAreUsedUpDoesNotWait) {
  HandleWorld world;
  HandleConfig config;
  config.first_generation = UINT32_MAX;
  HandleAllocator handles(world.context(), config);
  const auto made = fill<Small>(handles);
  ASSERT_TRUE(handles.free(made[4]));
  EXPECT_EQ(handles.stats().retired_slots, 2U);  // that of fill() as well
  for (int i = 0; i < 50; ++i) EXPECT_NE(handles.alloc<Small>().raw_index(), made[4].raw_index());
}

#if FRAMEALLOC_EXCEPTIONS
TEST_F(HandleCacheTest, AConstructorThatThrowsGivesBackWhatWaited) {
  struct Picky {
    explicit Picky(bool throws) {
      if (throws) throw std::runtime_error("no");
    }
    std::array<char, 48> bytes{};
  };
  HandleWorld world(0, true);
  HandleAllocator handles(world.context());
  std::vector<Handle<Picky>> made;
  for (int i = 0; i < 100; ++i) made.push_back(handles.alloc<Picky>(false));
  for (std::size_t i = 0; i < 3; ++i) ASSERT_TRUE(handles.free(made[i]));
  EXPECT_THROW((void)handles.alloc<Picky>(true), std::runtime_error);
  EXPECT_EQ(handles.active_count(), 97U);
  EXPECT_EQ(handles.stats().free_slots + 97, handles.stats().total_slots);
  (void)handles.release_cached();
  EXPECT_EQ(world.budgets().current_usage(), 97 * 48U);
}
#endif

TEST_F(HandleCacheTest, DestructorsRunBeforeTheBlockWaits) {
  static int alive = 0;
  struct Living {
    Living() { ++alive; }
    Living(Living&&) noexcept { ++alive; }
    ~Living() { --alive; }
    std::array<char, 40> bytes{};
  };
  HandleWorld world;
  {
    HandleAllocator handles(world.context());
    const auto made = fill<Living>(handles);
    ASSERT_TRUE(handles.free(made[9]));
    EXPECT_EQ(alive, 199);
    EXPECT_EQ(handles.alloc<Living>().raw_index(), made[9].raw_index());
    EXPECT_EQ(alive, 200);
  }
  EXPECT_EQ(alive, 0);
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

}  // namespace
}  // namespace framealloc
