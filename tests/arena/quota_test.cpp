// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets through the limit: deny exactly, come back with rewinds, tag changes and frame ends.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

namespace framealloc {
namespace {

using testing::TestHost;
constexpr TagId kTag = static_cast<TagId>(1);
constexpr TagId kOther = static_cast<TagId>(2);

TEST(Quota, DeniesExactlyAtTheBudget) {
  TestHost host({.budgets = true});
  host.budget[kTag] = 1000 * 64;
  for (int frame = 0; frame < 3; ++frame) {
    host.begin();
    host.arena().set_tag(kTag);
    for (int i = 0; i < 1000; ++i) ASSERT_NE(host.arena().alloc_bytes(64), nullptr) << i;
    host.said.clear();
    EXPECT_EQ(host.arena().alloc_bytes(16), nullptr);
    ASSERT_EQ(host.said.size(), 1u);
    EXPECT_EQ(host.said.back().code, Code::FA311);
    EXPECT_EQ(host.said.back().tag, kTag);
    EXPECT_EQ(host.said.back().available, 0u);
    host.end();
    EXPECT_EQ(host.charged[kTag], 0u);
  }
}

TEST(Quota, WhatIsChargedAheadGoesBackWithTheTag) {
  TestHost host({.budgets = true});
  host.begin();
  host.arena().set_tag(kTag);
  ASSERT_NE(host.arena().alloc_bytes(100), nullptr);
  EXPECT_GT(host.charged[kTag], 112u);  // a portion ahead
  EXPECT_EQ(host.charged[kTag] - 112, host.arena().charged_ahead());
  host.arena().set_tag(kOther);
  EXPECT_EQ(host.charged[kTag], 112u);
  ASSERT_NE(host.arena().alloc_bytes(32), nullptr);
  host.arena().set_tag(kTag);
  EXPECT_EQ(host.charged[kOther], 32u);
  host.end();
  EXPECT_EQ(host.charged[kTag], 0u);
  EXPECT_EQ(host.charged[kOther], 0u);
}

TEST(Quota, ARewindGivesBackToEachTag) {
  TestHost host({.budgets = true});
  host.budget[kTag] = 4096;
  host.begin();
  host.arena().set_tag(kTag);
  const FrameCheckpoint here = host.arena().checkpoint();
  for (int round = 0; round < 5; ++round) {
    ASSERT_NE(host.arena().alloc_bytes(4096), nullptr);
    EXPECT_EQ(host.arena().alloc_bytes(1), nullptr);
    host.arena().set_tag(kOther);
    ASSERT_NE(host.arena().alloc_bytes(100), nullptr);
    host.arena().set_tag(kTag);
    ASSERT_TRUE(host.arena().rewind(here));
    EXPECT_EQ(host.charged[kTag], 0u);
    EXPECT_EQ(host.charged[kOther], 0u);
  }
}

TEST(Quota, ADenialLeavesTheArenaAsItWas) {
  TestHost host({.budgets = true});
  host.budget[kTag] = 100;
  host.begin();
  host.arena().set_tag(kTag);
  EXPECT_EQ(host.arena().alloc_bytes(128), nullptr);
  EXPECT_EQ(host.said.back().available, 100u);
  EXPECT_EQ(host.arena().position(), 0u);
  EXPECT_EQ(host.charged[kTag], 0u);
  EXPECT_NE(host.arena().alloc_bytes(80), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(32), nullptr);
  host.arena().set_tag(kOther);
  EXPECT_NE(host.arena().alloc_bytes(1000), nullptr);
}

TEST(Quota, FramesInFlightKeepTheirCharges) {
  TestHost host({.slots = 3, .budgets = true});
  for (std::size_t frame = 1; frame <= 6; ++frame) {
    host.begin();
    host.arena().set_tag(kTag);
    ASSERT_NE(host.arena().alloc_bytes(1600), nullptr);
    host.end();
    EXPECT_EQ(host.charged[kTag], 1600 * (frame < 3 ? frame : 2)) << frame;
  }
}

TEST(Quota, ExtendingIsChargedToo) {
  TestHost host({.budgets = true});
  host.budget[kTag] = 1024;
  host.begin();
  host.arena().set_tag(kTag);
  void* block = host.arena().alloc_bytes(512);
  EXPECT_TRUE(host.arena().try_extend(block, 512, 1024));
  EXPECT_FALSE(host.arena().try_extend(block, 1024, 1040));
  EXPECT_TRUE(host.arena().shrink_top(block, 1024, 256));
  EXPECT_NE(host.arena().alloc_bytes(768), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(16), nullptr);
}

TEST(Quota, OfAFrameEndedElsewhereComesBackWithTheNext) {
  TestHost host({.budgets = true});
  host.begin();
  host.arena().set_tag(kTag);
  ASSERT_NE(host.arena().alloc_bytes(1600), nullptr);
  const std::uint64_t clock = host.arena().clock();
  host.end_elsewhere();
  host.arena().release_frame(clock, false);  // as the thread that ends the frame does
  EXPECT_EQ(host.charged[kTag], 0u);
  host.begin_elsewhere();
  ASSERT_NE(host.arena().alloc_bytes(64), nullptr);
  host.arena().set_tag(kOther);
  EXPECT_EQ(host.charged[kTag], 64u);
  host.end();
  EXPECT_EQ(host.charged[kTag], 0u);
}

}  // namespace
}  // namespace framealloc
