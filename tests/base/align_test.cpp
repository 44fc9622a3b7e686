// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/align.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace framealloc {
namespace {

TEST(Align, PowersOfTwo) {
  EXPECT_FALSE(is_power_of_two(0));
  EXPECT_TRUE(is_power_of_two(1));
  EXPECT_TRUE(is_power_of_two(4096));
  EXPECT_FALSE(is_power_of_two(4097));
  EXPECT_TRUE(is_power_of_two(std::size_t{1} << 63));
  EXPECT_FALSE(is_power_of_two(SIZE_MAX));
}

TEST(Align, RoundsSizes) {
  EXPECT_EQ(align_up(std::size_t{0}, 16), 0u);
  EXPECT_EQ(align_up(1, 16), 16u);
  EXPECT_EQ(align_up(16, 16), 16u);
  EXPECT_EQ(align_up(17, 16), 32u);
  EXPECT_EQ(align_up(12345, 1), 12345u);
  EXPECT_EQ(align_down(0, 16), 0u);
  EXPECT_EQ(align_down(31, 16), 16u);
  EXPECT_EQ(align_down(32, 16), 32u);
}

TEST(Align, RoundsAddressesWithinTheirObject) {
  alignas(64) std::byte room[256];
  for (std::size_t offset = 0; offset <= 64; ++offset) {
    std::byte* const up = align_up(room + offset, 64);
    EXPECT_TRUE(is_aligned(up, 64));
    EXPECT_GE(up, room + offset);
    EXPECT_LT(up - (room + offset), 64);
  }
  EXPECT_FALSE(is_aligned(room + 1, 2));
  EXPECT_TRUE(is_aligned(room + 1, 1));
}

TEST(Align, ProductsThatOverflowBecomeTooLarge) {
  EXPECT_EQ(saturating_bytes(3, 7), 21u);
  EXPECT_EQ(saturating_bytes(0, 8), 0u);
  EXPECT_EQ(saturating_bytes(8, 0), 0u);
  EXPECT_EQ(saturating_bytes(kMaxRequest / 8, 8), kMaxRequest);
  EXPECT_EQ(saturating_bytes(kMaxRequest / 8 + 1, 8), kMaxRequest + 1);
  EXPECT_EQ(saturating_bytes(SIZE_MAX, SIZE_MAX), kMaxRequest + 1);
  EXPECT_EQ(saturating_bytes(SIZE_MAX / 2 + 2, 2), kMaxRequest + 1);  // wraps to 2 unchecked
}

TEST(Align, SaturatesSizes) {
  EXPECT_EQ(saturate(0), 0u);
  EXPECT_EQ(saturate(kMaxRequest), kMaxRequest);
  EXPECT_EQ(saturate(kMaxRequest + 1), kMaxRequest + 1);
  EXPECT_EQ(saturate(SIZE_MAX), kMaxRequest + 1);
}

}  // namespace
}  // namespace framealloc
