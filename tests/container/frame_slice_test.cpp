// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/frame_slice.hpp>

#include "container/test_arena.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>

namespace framealloc::test {
namespace {

int sum(std::span<const int> values) { return std::accumulate(values.begin(), values.end(), 0); }

TEST(FrameSlice, IsValueInitialized) {
  TestArena arena;
  std::ranges::fill_n(arena->alloc_batch<std::uint8_t>(4096), 4096, std::uint8_t{0xff});
  arena.next_frame();
  const auto slice = FrameSlice<int>::make(*arena, 1000);
  EXPECT_EQ(slice.size(), 1000U);
  EXPECT_EQ(slice.size_bytes(), 4000U);
  EXPECT_TRUE(std::ranges::all_of(slice, [](int i) { return i == 0; }));
}

TEST(FrameSlice, ReadsAsASpan) {
  static_assert(std::ranges::contiguous_range<FrameSlice<int>>);
  static_assert(std::ranges::view<FrameSlice<int>>);
  TestArena arena;
  const auto slice = FrameSlice<int>::make(*arena, 10);
  std::iota(slice.begin(), slice.end(), 1);
  EXPECT_EQ(sum(slice), 55);
  EXPECT_EQ(slice.front(), 1);
  EXPECT_EQ(slice.back(), 10);
  EXPECT_EQ(slice[4], 5);
  EXPECT_EQ(slice.at(4), 5);
  EXPECT_EQ(*slice.get(9), 10);
  EXPECT_EQ(slice.get(10), nullptr);
  EXPECT_EQ(sum(slice.subslice(2, 3)), 12);
  EXPECT_EQ(sum(slice.subslice(8)), 19);
  EXPECT_EQ(sum(slice.first(2)), 3);
  EXPECT_EQ(sum(slice.last(1)), 10);
  EXPECT_TRUE(slice.subslice(11).empty());
  EXPECT_EQ(slice.subslice(5, SIZE_MAX).size(), 5U);
  EXPECT_EQ(slice.last(99).size(), 10U);
  const FrameSlice<const int> constant = slice;
  EXPECT_EQ(sum(constant), 55);
}

TEST(FrameSlice, TheFrameDestroysTheElementsOnce) {
  TestArena arena;
  const CountedBalance balance;
  {
    const auto slice = FrameSlice<Counted>::make(*arena, 20);
    const auto copy = slice;
    EXPECT_EQ(copy.data(), slice.data());
    EXPECT_EQ(Counted::living(), 20);
  }
  EXPECT_EQ(Counted::living(), 20);
  arena.end();
  EXPECT_EQ(Counted::living(), 0);
}

TEST(FrameSlice, DeniedIsNull) {
  TestArena arena(1, 128);
  const CountedBalance balance;
  EXPECT_FALSE(FrameSlice<Counted>::make(*arena, 20));
  EXPECT_FALSE(FrameSlice<int>::make(*arena, SIZE_MAX));
  EXPECT_FALSE(FrameSlice<int>::make(*arena, SIZE_MAX / 4));
  const auto none = FrameSlice<int>::make(*arena, 0);
  EXPECT_TRUE(none) << "an empty slice is not a denied one";
  EXPECT_TRUE(none.empty());
}

TEST(FrameSlice, OverAligned) {
  struct alignas(256) Wide {
    char c;
  };
  TestArena arena;
  (void)arena->alloc<int>();
  EXPECT_TRUE(is_aligned(FrameSlice<Wide>::make(*arena, 3).data(), 256));
}

}  // namespace
}  // namespace framealloc::test
