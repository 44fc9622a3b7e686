// SPDX-License-Identifier: MIT OR Apache-2.0
// A full arena: each policy at exactly its size, each overflow counted, the next frame large
// enough.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace framealloc {
namespace {

using testing::TestHost;
constexpr std::size_t kCapacity = 8192;

TEST(Overflow, FailServesExactlyTheCapacity) {
  TestHost host({.overflow = FrameOverflow::Fail, .capacity = kCapacity});
  for (int frame = 0; frame < 3; ++frame) {
    host.said.clear();
    host.overflows = 0;
    host.begin();
    for (std::size_t i = 0; i < kCapacity / 64; ++i) {
      ASSERT_NE(host.arena().alloc_bytes(64), nullptr) << i;
    }
    EXPECT_EQ(host.arena().capacity_left(), 0u);
    EXPECT_EQ(host.arena().alloc_bytes(1), nullptr);
    EXPECT_EQ(host.arena().alloc_bytes(64), nullptr);
    EXPECT_EQ(host.arena().alloc_bytes(1, 4096), nullptr);
    EXPECT_EQ(host.overflows, 3u);
    ASSERT_EQ(host.said.size(), 3u);
    for (const auto& said : host.said) EXPECT_EQ(said.code, Code::FA003);
    EXPECT_EQ(host.said[1].requested, 64u);
    EXPECT_EQ(host.said[1].available, 0u);
    EXPECT_EQ(host.arena().position(), kCapacity);
    host.end();
  }
}

TEST(Overflow, FailLeavesTheRestUsable) {
  TestHost host({.overflow = FrameOverflow::Fail, .capacity = kCapacity});
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(kCapacity - 128), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(144), nullptr);
  EXPECT_EQ(host.said.back().available, 128u);
  EXPECT_NE(host.arena().alloc_bytes(128), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(1), nullptr);
}

TEST(Overflow, RewindingMakesRoomAgain) {
  TestHost host({.overflow = FrameOverflow::Fail, .capacity = kCapacity});
  host.begin();
  const FrameCheckpoint here = host.arena().checkpoint();
  ASSERT_NE(host.arena().alloc_bytes(kCapacity), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(16), nullptr);
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_NE(host.arena().alloc_bytes(kCapacity), nullptr);
}

TEST(Overflow, GrowGoesOnPastTheCapacity) {
  TestHost host({.overflow = FrameOverflow::Grow, .capacity = kCapacity});
  host.begin();
  for (int i = 0; i < 100; ++i) ASSERT_NE(host.arena().alloc_bytes(kCapacity), nullptr);
  EXPECT_EQ(host.overflows, 0u);
  EXPECT_TRUE(host.said.empty());
  EXPECT_EQ(host.arena().capacity_left(), SIZE_MAX);
}

TEST(Overflow, FallbackServesTheRestFromTheHeapAndReportsOnce) {
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = kCapacity});
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(kCapacity), nullptr);
  void* blocks[20];
  for (int i = 0; i < 20; ++i) {
    blocks[i] = host.arena().alloc_bytes(500, i % 2 == 0 ? 16 : 256);
    ASSERT_NE(blocks[i], nullptr);
    ASSERT_TRUE(is_aligned(blocks[i], i % 2 == 0 ? 16 : 256));
    std::memset(blocks[i], i, 500);
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(static_cast<unsigned char*>(blocks[i])[499], static_cast<unsigned char>(i));
  }
  EXPECT_EQ(host.overflows, 20u);
  EXPECT_EQ(host.said.size(), 1u);
  EXPECT_EQ(host.fallbacks_out, 20u);
  EXPECT_EQ(host.arena().view().fallback, 20u * 512);
  host.end();
  EXPECT_EQ(host.fallbacks_out, 0u);
}

TEST(Overflow, AfterAFallbackTheNextFrameIsLargeEnough) {
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = kCapacity});
  for (int frame = 0; frame < 5; ++frame) {
    host.begin();
    for (std::size_t i = 0; i < 5 * kCapacity / 128; ++i) {
      ASSERT_NE(host.arena().alloc_bytes(128), nullptr);
    }
    EXPECT_EQ(host.fallbacks_out > 0, frame == 0) << frame;
    host.end();
  }
  EXPECT_EQ(host.said.size(), 1u);
}

TEST(Overflow, RolledBackFallbacksDoNotInflateTheNextFrame) {
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = kCapacity});
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(kCapacity), nullptr);
  for (int i = 0; i < 100; ++i) {
    const FrameCheckpoint here = host.arena().checkpoint();
    ASSERT_NE(host.arena().alloc_bytes(4096), nullptr);
    ASSERT_TRUE(host.arena().rewind(here));
    EXPECT_EQ(host.fallbacks_out, 0u);
    EXPECT_EQ(host.arena().view().fallback, 0u);
  }
  host.end();
  host.begin();
  // Held at once was the capacity and 4096 B; a quarter more is what the frame may grow to.
  EXPECT_LE(host.arena().capacity_left(), 2 * (kCapacity + 4096));
  EXPECT_GE(host.arena().capacity_left(), kCapacity + 4096);
}

TEST(Overflow, RollbackKeepsTheFallbackBlocksFromBefore) {
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = kCapacity});
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(kCapacity), nullptr);
  (void)host.arena().alloc_bytes(100);
  const FrameCheckpoint one = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(100);
  const FrameCheckpoint two = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(100);
  EXPECT_EQ(host.fallbacks_out, 3u);
  ASSERT_TRUE(host.arena().rewind(two));
  EXPECT_EQ(host.fallbacks_out, 2u);
  ASSERT_TRUE(host.arena().rewind(one));
  EXPECT_EQ(host.fallbacks_out, 1u);
  host.arena().rewind(two);
  EXPECT_EQ(host.fallbacks_out, 1u);
}

TEST(Overflow, AHeapThatDeniesGivesNull) {
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = kCapacity});
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(kCapacity), nullptr);
  host.deny_fallback = true;
  EXPECT_EQ(host.arena().alloc_bytes(16), nullptr);
  host.deny_fallback = false;
  EXPECT_NE(host.arena().alloc_bytes(16), nullptr);
}

}  // namespace
}  // namespace framealloc
