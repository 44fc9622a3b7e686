// SPDX-License-Identifier: MIT OR Apache-2.0
// FrameVec and the life of its frame: ends, rewinds, checkpoints.
#include <framealloc/frame_vec.hpp>

#include "container/test_arena.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <utility>

namespace framealloc::test {
namespace {

TEST(FrameVec, TheFrameDestroysWhatTheVectorDidNot) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<Counted> v(*arena);
  for (int i = 0; i < 50; ++i) (void)v.emplace_back(i);
  (void)arena->alloc<int>();
  for (int i = 0; i < 50; ++i) (void)v.emplace_back(i);  // in a second block
  arena.end();
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_TRUE(v.empty());
  EXPECT_EQ(v.capacity(), 0U);
  // The next frame may fill it anew.
  arena.begin();
  (void)v.emplace_back(1);
  EXPECT_EQ(Counted::living(), 1);
}

TEST(FrameVec, TheFrameFindsAVectorThatMoved) {
  TestArena arena;
  const CountedBalance balance;
  auto first = std::make_unique<FrameVec<Counted>>(*arena);
  (void)first->emplace_back(1);
  FrameVec<Counted> second(std::move(*first));
  first.reset();
  arena.end();
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_TRUE(second.empty());
}

TEST(FrameVec, AVectorInFrameMemoryNeedsNobodyToDestroyIt) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<FrameVec<Counted>> rows(*arena);
  for (int row = 0; row < 20; ++row) {
    (void)rows.emplace_back(*arena);
    for (int i = 0; i <= row; ++i) (void)rows.back().emplace_back(i);
  }
  EXPECT_EQ(rows[19].size(), 20U);
  EXPECT_EQ(rows[19][19].value, 19);
  EXPECT_EQ(Counted::living(), 210);
  arena.end();
  EXPECT_EQ(Counted::living(), 0);
}

// What a stale vector does on destruction must not touch an allocation that took its place.
TEST(FrameVec, OutlivingTheFrameIsHarmless) {
  TestArena arena;
  void* newer = nullptr;
  {
    FrameVec<int> v(*arena, 100);
    const void* const data = v.data();
    arena.next_frame();
    newer = arena->alloc_batch<int>(100);
    ASSERT_EQ(newer, data) << "the test needs the same place";
  }
  EXPECT_NE(arena->alloc_batch<int>(100), newer);
}

TEST(FrameVec, OutlivingARewindIsHarmless) {
  TestArena arena;
  void* newer = nullptr;
  {
    const FrameCheckpoint start = arena->checkpoint();
    FrameVec<int> v(*arena, 100);
    const void* const data = v.data();
    ASSERT_TRUE(arena->rewind(start));
    newer = arena->alloc_batch<int>(100);
    ASSERT_EQ(newer, data) << "the test needs the same place";
  }
  EXPECT_NE(arena->alloc_batch<int>(100), newer);
}

TEST(FrameVec, ARewindDestroysTheElements) {
  TestArena arena;
  const CountedBalance balance;
  const FrameCheckpoint start = arena->checkpoint();
  FrameVec<Counted> v(*arena);
  (void)v.emplace_back(1);
  ASSERT_TRUE(arena->rewind(start));
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_TRUE(v.empty());
}

TEST(FrameVec, GrowthAfterACheckpointIsUndoneWhole) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<Counted> v(*arena, 4);
  for (int i = 0; i < 4; ++i) (void)v.emplace_back(i);
  const FrameCheckpoint start = arena->checkpoint();
  for (int i = 0; i < 100; ++i) (void)v.emplace_back(i);
  ASSERT_TRUE(arena->rewind(start));
  // The elements had moved behind the checkpoint, so they went with it.
  EXPECT_EQ(Counted::living(), 0);
  EXPECT_TRUE(v.empty());
  auto* const newer = arena->alloc_batch<std::uint64_t>(1000);
  std::fill_n(newer, 1000, 0U);
}

TEST(FrameVec, WithoutGrowthACheckpointChangesNothing) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<Counted> v(*arena, 10);
  (void)v.emplace_back(1);
  const FrameCheckpoint start = arena->checkpoint();
  (void)v.emplace_back(2);
  ASSERT_TRUE(arena->rewind(start));
  EXPECT_EQ(v.size(), 2U);
  EXPECT_EQ(v[1].value, 2);
}

TEST(FrameVec, ACheckpointAfterShrinkingLeavesItAlone) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<Counted> v(*arena, 100);
  (void)v.emplace_back(1);
  v.shrink_to_fit();
  const FrameCheckpoint start = arena->checkpoint();
  (void)arena->alloc_batch<int>(10);
  ASSERT_TRUE(arena->rewind(start));
  ASSERT_EQ(v.size(), 1U);
  EXPECT_EQ(v[0].value, 1);
}

TEST(FrameVec, GrowthPastACheckpointAfterShrinkingIsUndoneWhole) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<Counted> v(*arena, 100);
  (void)v.emplace_back(1);
  v.shrink_to_fit();
  const FrameCheckpoint start = arena->checkpoint();
  for (int i = 0; i < 20; ++i) (void)v.emplace_back(i);
  ASSERT_TRUE(arena->rewind(start));
  EXPECT_TRUE(v.empty());
  EXPECT_EQ(Counted::living(), 0);
}

TEST(FrameVec, LivesAsLongAsItsFrameIsInFlight) {
  TestArena arena(2);
  const CountedBalance balance;
  FrameVec<Counted> v(*arena);
  (void)v.emplace_back(1);
  arena.next_frame();
  (void)arena->alloc<int>();
  EXPECT_EQ(v.size(), 1U);
  // Grows into the memory of the later frame, and lives until that one ends for good.
  for (int i = 0; i < 100; ++i) (void)v.emplace_back(i);
  arena.next_frame();
  EXPECT_EQ(v.size(), 101U);
  (void)arena->alloc<int>();
  arena.next_frame();
  EXPECT_TRUE(v.empty());
  EXPECT_EQ(Counted::living(), 0);
}

}  // namespace
}  // namespace framealloc::test
