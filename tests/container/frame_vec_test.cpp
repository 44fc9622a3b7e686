// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/frame_vec.hpp>

#include "container/test_arena.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace framealloc::test {
namespace {

struct alignas(64) Wide {
  std::array<std::uint8_t, 64> bytes{};
};

TEST(FrameVec, KeepsTheSurfaceOfStdVector) {
  TestArena arena;
  FrameVec<int> v(*arena);
  EXPECT_TRUE(v.empty());
  EXPECT_EQ(v.data(), nullptr);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(v.push_back(i));
  EXPECT_EQ(v.size(), 10U);
  EXPECT_EQ(v.front(), 0);
  EXPECT_EQ(v.back(), 9);
  EXPECT_EQ(v.at(3), 3);
  EXPECT_EQ(*v.get(4), 4);
  EXPECT_EQ(v.get(10), nullptr);
  EXPECT_EQ(std::accumulate(v.begin(), v.end(), 0), 45);
  EXPECT_EQ(*v.rbegin(), 9);
  EXPECT_EQ(*v.insert(v.begin() + 2, 77), 77);
  EXPECT_EQ(v[2], 77);
  EXPECT_EQ(*v.erase(v.begin() + 2), 2);
  EXPECT_EQ(v.erase(v.begin(), v.begin() + 3), v.begin());
  EXPECT_EQ(v.front(), 3);
  EXPECT_EQ(*v.insert(v.end(), std::size_t{2}, 5), 5);
  EXPECT_EQ(*v.insert(v.begin(), {1, 2}), 1);
  EXPECT_EQ(v.size(), 11U);
  v.pop_back();
  EXPECT_EQ(v.pop(), 5);
  EXPECT_TRUE(v.resize(12));
  EXPECT_EQ(v.back(), 0);
  EXPECT_TRUE(v.resize(14, 8));
  EXPECT_EQ(v.back(), 8);
  EXPECT_TRUE(v.resize(2));
  EXPECT_TRUE(v.assign({4, 5, 6}));
  EXPECT_EQ(v.size(), 3U);
  EXPECT_TRUE(v.assign(3, 9));
  EXPECT_EQ(std::vector<int>(v.begin(), v.end()), (std::vector<int>{9, 9, 9}));
  v.clear();
  EXPECT_TRUE(v.empty());
  EXPECT_EQ(v.pop(), std::nullopt);
  std::ranges::copy(std::views::iota(0, 5), std::back_inserter(v));
  const std::span<const int> span = v;
  EXPECT_EQ(span.size(), 5U);
  EXPECT_EQ(v.retain([](int i) { return i % 2 == 0; }), 2U);
  EXPECT_EQ(std::vector<int>(v.begin(), v.end()), (std::vector<int>{0, 2, 4}));
}

TEST(FrameVec, IsAContiguousRange) {
  static_assert(std::ranges::contiguous_range<FrameVec<int>>);
  static_assert(!std::is_copy_constructible_v<FrameVec<int>>);
  static_assert(std::is_nothrow_move_constructible_v<FrameVec<std::string>>);
  static_assert(sizeof(FrameVec<int>) == 5 * sizeof(void*));
  static_assert(IsTriviallyRelocatable<FrameVec<int>>::value);
  static_assert(!IsTriviallyRelocatable<FrameVec<std::string>>::value);
  TestArena arena;
  FrameVec<int> a(*arena);
  FrameVec<int> b(*arena);
  (void)a.assign({1, 2, 3});
  (void)b.assign({1, 2, 4});
  EXPECT_LT(a, b);
  EXPECT_NE(a, b);
  b.back() = 3;
  EXPECT_EQ(a, b);
  auto copy = a.clone();
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(*copy, a);
  EXPECT_NE(copy->data(), a.data());
}

TEST(FrameVec, TryPushNeverGrowsAndLeavesTheValue) {
  TestArena arena;
  FrameVec<std::string> v(*arena, 2);
  EXPECT_EQ(v.capacity(), 2U);
  EXPECT_TRUE(v.try_push("one"));
  EXPECT_EQ(v.remaining(), 1U);
  EXPECT_TRUE(v.try_push("two"));
  EXPECT_TRUE(v.is_full());
  std::string third = "a string that is too long for its own pocket";
  EXPECT_FALSE(v.try_push(std::move(third)));
  EXPECT_EQ(third, "a string that is too long for its own pocket");
  EXPECT_EQ(v.capacity(), 2U);
  EXPECT_TRUE(v.push_back(std::move(third)));
  EXPECT_EQ(v.size(), 3U);
  FrameVec<int> none(*arena);
  EXPECT_FALSE(none.try_push(1));
}

TEST(FrameVec, ExtendCountsWhatItAdded) {
  TestArena arena(1, 4096);
  FrameVec<std::uint64_t> v(*arena);
  const std::list<std::uint64_t> few{1, 2, 3};
  EXPECT_EQ(v.extend_from_iter(few), 3U);
  std::istringstream numbers("4 5 6");
  EXPECT_EQ(v.extend_from_iter(std::istream_iterator<std::uint64_t>(numbers),
                               std::istream_iterator<std::uint64_t>()),
            3U);
  EXPECT_TRUE(v.append_range(std::views::iota(std::uint64_t{7}, std::uint64_t{10})));
  EXPECT_EQ(v.size(), 9U);
  EXPECT_EQ(v.back(), 9U);
  // 4096 bytes are 512 numbers, of which 9 are there.
  const std::vector<std::uint64_t> many(600, 1);
  EXPECT_EQ(v.extend_from_iter(many), 512U - 9U);
  EXPECT_FALSE(v.append_range(few));
  EXPECT_EQ(v.size(), 512U);
}

TEST(FrameVec, GrowsInPlaceWhileItIsTheNewest) {
  TestArena arena;
  FrameVec<int> v(*arena);
  (void)v.push_back(0);
  const int* const data = v.data();
  for (int i = 1; i < 1000; ++i) (void)v.push_back(i);
  EXPECT_EQ(v.data(), data);
  EXPECT_LE(arena->position(), 1000 * sizeof(int) * 13 / 10);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(v[static_cast<std::size_t>(i)], i);
}

TEST(FrameVec, MovesWhenSomethingNewerFollows) {
  TestArena arena;
  FrameVec<int> v(*arena, 4);
  for (int i = 0; i < 4; ++i) (void)v.push_back(i);
  const int* const data = v.data();
  auto* const newer = arena->alloc<int>();
  *newer = 42;
  (void)v.push_back(4);
  EXPECT_NE(v.data(), data);
  EXPECT_EQ(*newer, 42);
  EXPECT_EQ(std::vector<int>(v.begin(), v.end()), (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(FrameVec, GivesItsMemoryBackWhenItIsTheNewest) {
  TestArena arena;
  const std::size_t before = arena->position();
  {
    FrameVec<int> v(*arena, 100);
    EXPECT_GT(arena->position(), before);
  }
  EXPECT_EQ(arena->position(), before);
  FrameVec<int> v(*arena, 100);
  (void)v.push_back(1);
  v.shrink_to_fit();
  EXPECT_EQ(v.capacity(), 1U);
  EXPECT_EQ(arena->position(), before + kGranule);
  {
    FrameVec<int> first(*arena, 8);
    const FrameVec<int> second(*arena, 8);
    first.shrink_to_fit();
    EXPECT_EQ(first.capacity(), 8U) << "what is not newest cannot be given back";
  }
}

TEST(FrameVec, AcceptsItsOwnElements) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<Counted> v(*arena);
  (void)v.push_back(Counted(7));
  for (int i = 0; i < 100; ++i) {
    if (i % 10 == 0) (void)arena->alloc<int>();  // forces the next growth to move
    (void)v.push_back(v[0]);
    (void)v.emplace_back(v.back());
  }
  for (const Counted& c : v) ASSERT_EQ(c.value, 7);
  v[0].value = 1;
  (void)v.insert(v.begin() + 5, v[0]);
  EXPECT_EQ(v[5].value, 1);
  (void)v.assign(3, v[5]);
  EXPECT_EQ(v[2].value, 1);
  (void)v.resize(200, v[0]);
  EXPECT_EQ(v[199].value, 1);
}

// Elements of more than two words are handed to growth by reference.
TEST(FrameVec, AcceptsItsOwnElementsOfManyBytes) {
  TestArena arena;
  FrameVec<Wide> v(*arena);
  ASSERT_TRUE(v.push_back(Wide{{7}}));
  for (int i = 0; i < 100; ++i) {
    if (i % 10 == 0) {  // so that it must move
      ASSERT_NE(arena->alloc_bytes(16), nullptr);
    }
    ASSERT_TRUE(v.push_back(v.front()));
  }
  for (const Wide& one : v) EXPECT_EQ(one.bytes[0], 7);
  EXPECT_EQ(v.size(), 101U);
}

TEST(FrameVec, DestroysEachElementOnce) {
  TestArena arena;
  const CountedBalance balance;
  {
    FrameVec<Counted> v(*arena);
    for (int i = 0; i < 100; ++i) (void)v.emplace_back(i);
    EXPECT_EQ(Counted::living(), 100);
    v.erase(v.begin() + 10, v.begin() + 20);
    EXPECT_EQ(Counted::living(), 90);
    v.pop_back();
    EXPECT_EQ(v.retain([](const Counted& c) { return c.value < 50; }), 49U);
    EXPECT_EQ(Counted::living(), 40);
    FrameVec<Counted> other(std::move(v));
    EXPECT_EQ(Counted::living(), 40);
    FrameVec<Counted> third(*arena);
    (void)third.emplace_back(1);
    third = std::move(other);
    EXPECT_EQ(Counted::living(), 40);
    EXPECT_EQ(third[39].value, 49);
    third.clear();
    EXPECT_EQ(Counted::living(), 0);
    (void)third.emplace_back(2);
  }
  EXPECT_EQ(Counted::living(), 0);
}

TEST(FrameVec, SwapsAndAssignsToItself) {
  TestArena arena;
  const CountedBalance balance;
  FrameVec<Counted> a(*arena);
  FrameVec<Counted> b(*arena);
  (void)a.assign({Counted(1), Counted(2)});
  (void)b.assign({Counted(3)});
  swap(a, b);
  EXPECT_EQ(a.size(), 1U);
  EXPECT_EQ(b[1].value, 2);
  FrameVec<Counted>& same = a;
  a = std::move(same);
  EXPECT_EQ(a.size(), 1U);
  a.swap(same);
  EXPECT_EQ(a[0].value, 3);
}

TEST(FrameVec, DeniedGrowthChangesNothing) {
  TestArena arena;
  (void)arena->alloc<int>();
  const CountedBalance balance;
  FrameVec<Counted> v(*arena);
  arena.allow_chunks(0);
  while (v.push_back(Counted(static_cast<int>(v.size())))) {
  }
  const std::size_t size = v.size();
  EXPECT_GT(size, TestArena::kChunk / sizeof(Counted) / 2);
  Counted value(5);
  EXPECT_FALSE(v.push_back(std::move(value)));
  EXPECT_EQ(value.value, 5);
  EXPECT_EQ(v.emplace_back(1), nullptr);
  EXPECT_EQ(v.insert(v.begin(), Counted(1)), v.end());
  EXPECT_EQ(v.insert(v.begin(), std::size_t{9}, Counted(1)), v.end());
  EXPECT_FALSE(v.resize(size * 2));
  EXPECT_FALSE(v.reserve(size * 2));
  EXPECT_EQ(v.clone(), std::nullopt);
  ASSERT_EQ(v.size(), size);
  for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(v[i].value, static_cast<int>(i));
  EXPECT_EQ(Counted::living(), static_cast<int>(size) + 1);
  EXPECT_FALSE(arena.reports().empty());
}

TEST(FrameVec, FillsALimitToTheLastElementWithoutAReport) {
  TestArena arena(1, 1024);
  FrameVec<std::uint64_t> v(*arena);
  for (int i = 0; i < 128; ++i) EXPECT_TRUE(v.push_back(1));
  EXPECT_TRUE(arena.reports().empty());
  EXPECT_FALSE(v.push_back(1));
  ASSERT_FALSE(arena.reports().empty());
  EXPECT_EQ(arena.reports().front(), Code::FA003);
}

TEST(FrameVec, ImpossibleSizesAreDenied) {
  TestArena arena;
  FrameVec<std::uint64_t> v(*arena);
  (void)v.push_back(1);
  EXPECT_FALSE(v.reserve(SIZE_MAX));
  EXPECT_FALSE(v.reserve(SIZE_MAX / 8));
  EXPECT_FALSE(v.make_room(SIZE_MAX));
  EXPECT_FALSE(v.resize(SIZE_MAX));
  EXPECT_EQ(v.insert(v.begin(), SIZE_MAX, 1), v.end());
  EXPECT_EQ(v.size(), 1U);
  const FrameVec<std::uint64_t> huge(*arena, SIZE_MAX);
  EXPECT_EQ(huge.capacity(), 0U);
  EXPECT_EQ(arena.reports().size(), 6U);
  for (const Code code : arena.reports()) EXPECT_EQ(code, Code::FA011);
}

TEST(FrameVec, WithoutAFrameThereIsNoMemory) {
  TestArena arena;
  arena.end();
  FrameVec<std::string> v(*arena);
  EXPECT_FALSE(v.push_back("x"));
  ASSERT_FALSE(arena.reports().empty());
  EXPECT_EQ(arena.reports().front(), Code::FA001);
}

TEST(FrameVec, OverAlignedElementsAreAligned) {
  TestArena arena;
  (void)arena->alloc<int>();
  FrameVec<Wide> v(*arena);
  for (int i = 0; i < 100; ++i) {
    (void)v.emplace_back();
    if (i % 7 == 0) (void)arena->alloc<int>();
    ASSERT_TRUE(is_aligned(v.data(), alignof(Wide)));
  }
}

TEST(FrameVec, GrowsInPlaceWhileEveryCallIsCounted) {
  TestArena arena;
  arena.count_every_call(true);
  FrameVec<int> v(*arena);
  (void)v.push_back(0);
  const int* const data = v.data();
  for (int i = 1; i < 1000; ++i) (void)v.push_back(i);
  EXPECT_EQ(v.data(), data);
  EXPECT_GT(arena->calls_counted(), 1U);
}

// What was gathered outlives the vector it was gathered with.
TEST(FrameVec, LeavesItsElementsToTheFrame) {
  TestArena arena;
  std::span<int> gathered;
  {
    FrameVec<int> v(*arena, 100);
    for (int i = 0; i < 40; ++i) (void)v.push_back(i);
    const int* const stood = v.data();
    const std::size_t before = arena->position();
    gathered = v.into_span();
    EXPECT_EQ(gathered.data(), stood);
    EXPECT_EQ(arena->position(), before - 60 * sizeof(int)) << "what was not used went back";
    EXPECT_TRUE(v.empty());
    EXPECT_EQ(v.capacity(), 0U);
    EXPECT_TRUE(v.into_span().empty());
    // It may be used again, beside what it left.
    EXPECT_TRUE(v.push_back(-1));
    EXPECT_NE(v.data(), stood);
  }
  (void)arena->alloc_batch<int>(400);
  ASSERT_EQ(gathered.size(), 40U);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(gathered[static_cast<std::size_t>(i)], i);
}

TEST(FrameVecDeathTest, AtVerifiesFromCheckLevelOneOn) {
  TestArena arena;
  FrameVec<int> v(*arena);
  (void)v.push_back(1);
  EXPECT_EQ(v.at(0), 1);
  if constexpr (kCheckLevel >= 1) {
    EXPECT_DEATH((void)v.at(1), "index 1 of a container with 1 elements");
  }
}

}  // namespace
}  // namespace framealloc::test
