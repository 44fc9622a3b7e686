// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/offset_linear.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace framealloc::gpu {
namespace {

TEST(OffsetLinear, BumpsAlignedOffsets) {
  OffsetLinear linear(100);
  EXPECT_EQ(linear.size(), 100U);
  EXPECT_EQ(linear.allocate(10), 0U);
  EXPECT_EQ(linear.allocate(1, 16), 16U);
  EXPECT_EQ(linear.used(), 17U);
  EXPECT_EQ(linear.allocate(83), 17U);
  EXPECT_EQ(linear.used(), 100U);
  EXPECT_EQ(linear.allocate(1), kNoOffset);
}

TEST(OffsetLinear, ADeniedRequestChangesNothing) {
  OffsetLinear linear(100);
  EXPECT_EQ(linear.allocate(10), 0U);
  EXPECT_EQ(linear.allocate(0), kNoOffset);
  EXPECT_EQ(linear.allocate(1, 0), kNoOffset);
  EXPECT_EQ(linear.allocate(1, 3), kNoOffset);
  EXPECT_EQ(linear.allocate(91), kNoOffset);
  EXPECT_EQ(linear.allocate(1, 128), kNoOffset);
  EXPECT_EQ(linear.allocate(~std::uint64_t{0}, std::uint64_t{1} << 63), kNoOffset);
  EXPECT_EQ(linear.used(), 10U);
  EXPECT_EQ(linear.allocate(90), 10U);
}

TEST(OffsetLinear, GoesBackToMarksAndNotAhead) {
  OffsetLinear linear(100);
  EXPECT_EQ(linear.allocate(10), 0U);
  const std::uint64_t mark = linear.mark();
  EXPECT_EQ(linear.allocate(20), 10U);
  const std::uint64_t later = linear.mark();
  EXPECT_TRUE(linear.rewind(mark));
  EXPECT_EQ(linear.used(), 10U);
  EXPECT_FALSE(linear.rewind(later));
  EXPECT_EQ(linear.used(), 10U);
  EXPECT_EQ(linear.allocate(5), 10U);
  linear.reset();
  EXPECT_EQ(linear.used(), 0U);
  EXPECT_FALSE(linear.rewind(1));
  EXPECT_EQ(linear.allocate(100), 0U);
}

TEST(OffsetLinear, HandsOutTheWholeOfTheLargestRange) {
  OffsetLinear linear(~std::uint64_t{0});
  EXPECT_EQ(linear.allocate(1), 0U);
  EXPECT_EQ(linear.allocate(1, std::uint64_t{1} << 63), std::uint64_t{1} << 63);
  EXPECT_EQ(linear.allocate(1, std::uint64_t{1} << 63), kNoOffset);
  EXPECT_EQ(linear.allocate((std::uint64_t{1} << 63) - 2), (std::uint64_t{1} << 63) + 1);
  EXPECT_EQ(linear.used(), ~std::uint64_t{0});
  EXPECT_EQ(linear.allocate(1), kNoOffset);
  OffsetLinear none(0);
  EXPECT_EQ(none.allocate(1), kNoOffset);
}

}  // namespace
}  // namespace framealloc::gpu
