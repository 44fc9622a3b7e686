// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/offset_ring.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace framealloc::gpu {
namespace {

TEST(OffsetRing, FreesBySerialInOrder) {
  OffsetRing ring(100);
  EXPECT_EQ(ring.allocate(40), 0U);
  ring.close(1);
  EXPECT_EQ(ring.allocate(40), 40U);
  ring.close(2);
  EXPECT_EQ(ring.allocate(40), kNoOffset);
  EXPECT_EQ(ring.used(), 80U);
  ring.release(0);
  EXPECT_EQ(ring.used(), 80U);
  ring.release(1);
  EXPECT_EQ(ring.used(), 40U);
  EXPECT_EQ(ring.allocate(40), 0U);
  EXPECT_EQ(ring.used(), 100U) << "the skipped end counts";
}

TEST(OffsetRing, CountsPaddingAndNeverStraddlesTheEnd) {
  OffsetRing ring(100);
  EXPECT_EQ(ring.allocate(1), 0U);
  EXPECT_EQ(ring.allocate(1, 64), 64U);
  EXPECT_EQ(ring.used(), 65U);
  EXPECT_EQ(ring.allocate(36), kNoOffset) << "it would lie across the end";
  EXPECT_EQ(ring.allocate(35), 65U);
  EXPECT_EQ(ring.used(), 100U);
  ring.close(7);
  EXPECT_EQ(ring.allocate(1), kNoOffset);
  ring.release(7);
  EXPECT_EQ(ring.used(), 0U);
}

TEST(OffsetRing, HasNoEndToSkipWhenNothingIsHeld) {
  OffsetRing ring(100);
  EXPECT_EQ(ring.allocate(60), 0U);
  ring.close(1);
  ring.release(1);
  EXPECT_EQ(ring.allocate(100), 0U);
  EXPECT_EQ(ring.used(), 100U);
}

TEST(OffsetRing, ADeniedRequestChangesNothing) {
  OffsetRing ring(100);
  EXPECT_EQ(ring.allocate(30), 0U);
  EXPECT_EQ(ring.allocate(0), kNoOffset);
  EXPECT_EQ(ring.allocate(1, 0), kNoOffset);
  EXPECT_EQ(ring.allocate(1, 12), kNoOffset);
  EXPECT_EQ(ring.allocate(~std::uint64_t{0}), kNoOffset);
  EXPECT_EQ(ring.allocate(1, std::uint64_t{1} << 63), kNoOffset);
  EXPECT_EQ(ring.used(), 30U);
  EXPECT_EQ(ring.allocate(70), 30U);
}

TEST(OffsetRing, WhatIsNotClosedIsNotReleased) {
  OffsetRing ring(100);
  EXPECT_EQ(ring.allocate(10), 0U);
  ring.release(100);
  EXPECT_EQ(ring.used(), 10U);
  ring.close(101);
  ring.release(100);
  EXPECT_EQ(ring.used(), 10U);
  ring.release(101);
  EXPECT_EQ(ring.used(), 0U);
}

TEST(OffsetRing, JoinsWhatIsClosedBeyondTheMostSerials) {
  OffsetRing ring(1000);
  for (std::uint64_t serial = 1; serial <= OffsetRing::kMaxOpen + 6; ++serial) {
    EXPECT_EQ(ring.allocate(10), (serial - 1) * 10);
    ring.close(serial);
  }
  EXPECT_EQ(ring.used(), 700U);
  ring.release(OffsetRing::kMaxOpen - 1);
  EXPECT_EQ(ring.used(), 70U);
  ring.release(OffsetRing::kMaxOpen + 5);
  EXPECT_EQ(ring.used(), 70U) << "the last serial holds those that joined it";
  ring.release(OffsetRing::kMaxOpen + 6);
  EXPECT_EQ(ring.used(), 0U);
}

TEST(OffsetRing, SerialsThatHoldNothingTakeNoPlace) {
  OffsetRing ring(100);
  for (std::uint64_t serial = 1; serial <= 1000; ++serial) ring.close(serial);
  EXPECT_EQ(ring.allocate(10), 0U);
  ring.close(1001);
  EXPECT_EQ(ring.allocate(10), 10U);
  ring.close(1002);
  ring.release(1001);
  EXPECT_EQ(ring.used(), 10U);
}

TEST(OffsetRing, ASerialThatFallsIsHeldAsLongAsTheOneBefore) {
  OffsetRing ring(100);
  EXPECT_EQ(ring.allocate(10), 0U);
  ring.close(5);
  EXPECT_EQ(ring.allocate(10), 10U);
  ring.close(3);
  ring.release(4);
  EXPECT_EQ(ring.used(), 20U);
  ring.release(5);
  EXPECT_EQ(ring.used(), 0U);
}

}  // namespace
}  // namespace framealloc::gpu
