// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scratch_borrow.hpp>

#include "arena/scratch_fixture.hpp"

#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::Mourned;
using testing::ScratchWorld;

static_assert(!std::is_copy_constructible_v<ScratchBorrow>);
static_assert(std::is_nothrow_move_constructible_v<ScratchBorrow>);

TEST(ScratchBorrowTest, GivesBackWhatItTook) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("shared", 4_KiB);
  std::vector<int> ended;
  ASSERT_NE(pool.alloc_bytes(100), nullptr);
  const std::size_t before = pool.allocated();
  {
    ScratchBorrow physics = pool.borrow();
    ASSERT_TRUE(physics);
    ASSERT_NE(physics.alloc_bytes(3000), nullptr);
    ASSERT_NE(physics.make<Mourned>(ended, 1), nullptr);
    {
      ScratchBorrow ai = pool.borrow();
      ASSERT_NE(ai.alloc_slice<double>(1000).data(), nullptr);
      ASSERT_NE(ai.make<Mourned>(ended, 2), nullptr);
      EXPECT_GE(ai.allocated(), 8000U);
      EXPECT_GE(physics.allocated(), 11000U);
      EXPECT_EQ(registry.stats()[0].borrows, 2U);
    }
    EXPECT_EQ(ended, std::vector<int>{2});
    EXPECT_LT(physics.allocated(), 4000U);
    ASSERT_NE(physics.alloc<int>(), nullptr);
  }
  EXPECT_EQ(ended, (std::vector<int>{2, 1}));
  EXPECT_EQ(pool.allocated(), before);
  EXPECT_EQ(registry.stats()[0].borrows, 0U);
  EXPECT_EQ(world.log.size(), 0U);
}

TEST(ScratchBorrowTest, WholeCapacityCanBeBorrowed) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("exact", 1_KiB, ScratchPolicy::Fixed);
  for (int i = 0; i < 3; ++i) {
    ScratchBorrow borrow = pool.borrow();
    EXPECT_NE(borrow.alloc_bytes(1_KiB), nullptr);
    EXPECT_EQ(borrow.remaining(), 0U);
    EXPECT_EQ(borrow.try_alloc<int>(), nullptr);
  }
  EXPECT_EQ(pool.allocated(), 0U);
}

TEST(ScratchBorrowTest, MovesKeepTheOrder) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("moves", 4_KiB);
  std::vector<ScratchBorrow> nest;  // growing it moves them all
  for (int i = 0; i < 20; ++i) {
    nest.push_back(pool.borrow());
    ASSERT_NE(nest.back().alloc_bytes(100), nullptr);
  }
  EXPECT_TRUE(nest.back().is_newest());
  EXPECT_FALSE(nest.front().is_newest());
  std::size_t last = pool.allocated();
  while (!nest.empty()) {
    ScratchBorrow taken(std::move(nest.back()));
    nest.pop_back();
    EXPECT_EQ(pool.allocated(), last);
    taken.end();
    EXPECT_FALSE(taken);
    EXPECT_EQ(taken.alloc<int>(), nullptr);
    EXPECT_EQ(pool.allocated(), last - 112);
    last -= 112;
  }
  EXPECT_EQ(last, 0U);
  EXPECT_EQ(world.log.size(), 0U);
}

// The first subsystem ends although the second, whose memory lies above, is at work.
TEST(ScratchBorrowTest, OutOfTurnNobodysMemoryIsReused) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("turn", 1_KiB);
  ASSERT_NE(pool.alloc_bytes(32), nullptr);
  std::vector<int> ended;
  std::optional<ScratchBorrow> first(pool.borrow());
  std::optional<ScratchBorrow> second(pool.borrow());
  std::optional<ScratchBorrow> third(pool.borrow());
  ASSERT_NE(third->make<Mourned>(ended, 3), nullptr);
  auto* const bytes = static_cast<unsigned char*>(third->alloc_bytes(600));
  std::memset(bytes, 0xAB, 600);
  // Only the newest allocates: the block would go with the third, under the first's feet.
  EXPECT_EQ(first->alloc_bytes(10), nullptr);
  EXPECT_EQ(world.log.count(Code::FA020), 1U);
  EXPECT_EQ(first->try_alloc_bytes(10), nullptr);
  EXPECT_EQ(world.log.count(Code::FA020), 1U);

  first.reset();
  EXPECT_EQ(world.log.count(Code::FA020), 2U);
  second.reset();
  EXPECT_EQ(world.log.count(Code::FA020), 3U);
  for (int i = 0; i < 50; ++i) {
    auto* const more = static_cast<unsigned char*>(third->alloc_bytes(64));
    ASSERT_NE(more, nullptr);
    std::memset(more, 0, 64);
  }
  for (int i = 0; i < 600; ++i) ASSERT_EQ(bytes[i], 0xAB);
  EXPECT_TRUE(ended.empty());
  third.reset();
  EXPECT_EQ(ended, std::vector<int>{3});
  EXPECT_EQ(pool.allocated(), 32U) << "the last to end gives back what those before it held";
  EXPECT_EQ(world.log.size(), 3U);
}

TEST(ScratchBorrowTest, AMiddleOneThatEndsFirstGoesWithTheNext) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("middle", 1_KiB);
  ScratchBorrow outer = pool.borrow();
  ASSERT_NE(outer.alloc_bytes(16), nullptr);
  ScratchBorrow middle = pool.borrow();
  ASSERT_NE(middle.alloc_bytes(16), nullptr);
  ScratchBorrow inner = pool.borrow();
  ASSERT_NE(inner.alloc_bytes(16), nullptr);
  middle.end();
  EXPECT_EQ(pool.allocated(), 48U);
  inner.end();
  EXPECT_EQ(pool.allocated(), 16U);
  EXPECT_NE(outer.alloc_bytes(16), nullptr);
  outer.end();
  EXPECT_EQ(pool.allocated(), 0U);
}

TEST(ScratchBorrowTest, NeitherResetNorRewindGoesUnderABorrow) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("under", 1_KiB);
  const ScratchCheckpoint start = pool.checkpoint();
  ASSERT_NE(pool.alloc_bytes(16), nullptr);
  ScratchBorrow borrow = pool.borrow();
  const ScratchCheckpoint inside = pool.checkpoint();
  ASSERT_NE(borrow.alloc_bytes(64), nullptr);
  EXPECT_FALSE(pool.reset());
  EXPECT_FALSE(pool.rewind(start));
  EXPECT_EQ(registry.reset_all(), 0U);
  EXPECT_EQ(world.log.count(Code::FA020), 3U);
  EXPECT_EQ(pool.allocated(), 80U);
  EXPECT_TRUE(pool.rewind(inside)) << "within the borrow it may";
  EXPECT_EQ(pool.allocated(), 16U);
  borrow.end();
  EXPECT_TRUE(pool.rewind(start));
  EXPECT_TRUE(pool.reset());
}

}  // namespace
}  // namespace framealloc
