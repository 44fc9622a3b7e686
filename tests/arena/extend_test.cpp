// SPDX-License-Identifier: MIT OR Apache-2.0
// The newest allocation grows and shrinks in place; no other does.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace framealloc {
namespace {

using testing::TestHost;

TEST(Extend, TheNewestGrowsInPlace) {
  TestHost host;
  host.begin();
  auto* block = static_cast<unsigned char*>(host.arena().alloc_bytes(100));
  std::memset(block, 9, 100);
  ASSERT_TRUE(host.arena().try_extend(block, 100, 1000));
  EXPECT_EQ(host.arena().position(), 1008u);
  std::memset(block + 100, 8, 900);
  EXPECT_EQ(block[99], 9);
  auto* next = static_cast<unsigned char*>(host.arena().alloc_bytes(16));
  EXPECT_GE(next, block + 1000);
}

TEST(Extend, AnOlderOneDoesNot) {
  TestHost host;
  host.begin();
  void* old = host.arena().alloc_bytes(100);
  void* newest = host.arena().alloc_bytes(100);
  EXPECT_FALSE(host.arena().try_extend(old, 100, 200));
  EXPECT_FALSE(host.arena().shrink_top(old, 100, 50));
  EXPECT_EQ(host.arena().position(), 224u);
  EXPECT_TRUE(host.arena().try_extend(newest, 100, 200));
}

TEST(Extend, NotPastTheChunkNorTheCapacity) {
  TestHost host;
  host.begin();
  void* block = host.arena().alloc_bytes(1000);
  EXPECT_FALSE(host.arena().try_extend(block, 1000, TestHost::kChunk));
  EXPECT_FALSE(host.arena().try_extend(block, 1000, SIZE_MAX));
  EXPECT_FALSE(host.arena().try_extend(block, 1000, SIZE_MAX - 15));
  EXPECT_FALSE(host.arena().try_extend(block, 1000, std::size_t{1} << 63));
  EXPECT_EQ(host.arena().position(), 1008u);
  EXPECT_TRUE(host.arena().try_extend(block, 1000, TestHost::kChunk - 64));

  TestHost small({.overflow = FrameOverflow::Fail, .capacity = 4096});
  small.begin();
  block = small.arena().alloc_bytes(1000);
  EXPECT_FALSE(small.arena().try_extend(block, 1000, 4097));
  EXPECT_TRUE(small.arena().try_extend(block, 1000, 4096));
  EXPECT_TRUE(small.said.empty()) << "a failed extension is a question, not an error";
}

TEST(Extend, NotWhenTheFrameIsOver) {
  TestHost host;
  host.begin();
  void* block = host.arena().alloc_bytes(64);
  host.end_elsewhere();
  EXPECT_FALSE(host.arena().try_extend(block, 64, 128));
  EXPECT_FALSE(host.arena().shrink_top(block, 64, 16));
  host.begin();
  EXPECT_FALSE(host.arena().try_extend(block, 64, 128));
  EXPECT_EQ(host.arena().position(), 0u);
}

TEST(Extend, ShrinkingGivesTheTailBack) {
  TestHost host;
  host.begin();
  auto* block = static_cast<std::byte*>(host.arena().alloc_bytes(1000));
  EXPECT_TRUE(host.arena().shrink_top(block, 1000, 100));
  EXPECT_EQ(host.arena().position(), 112u);
  EXPECT_EQ(host.arena().alloc_bytes(16), block + 112);
  EXPECT_EQ(host.arena().view().peak, 1008u);
  EXPECT_EQ(host.arena().allocated_total(), 1024u);
}

TEST(Extend, ShrinkingToNothingAndGrowingIsNoop) {
  TestHost host;
  host.begin();
  auto* block = static_cast<std::byte*>(host.arena().alloc_bytes(64));
  EXPECT_TRUE(host.arena().shrink_top(block, 64, 64));
  EXPECT_TRUE(host.arena().shrink_top(block, 64, 128));
  EXPECT_EQ(host.arena().position(), 64u);
  EXPECT_TRUE(host.arena().shrink_top(block, 64, 0));
  EXPECT_EQ(host.arena().position(), 0u);
  EXPECT_EQ(host.arena().alloc_bytes(64), block);
}

TEST(Extend, ShrinkingAcrossATagChangeUncountsBothTags) {
  TestHost host;
  host.begin();
  const auto tag = static_cast<TagId>(5);
  void* block = host.arena().alloc_bytes(512);
  host.arena().set_tag(tag);
  ASSERT_TRUE(host.arena().try_extend(block, 512, 1024));
  EXPECT_EQ(host.frame_bytes(TagId::Untagged), 512u);
  EXPECT_EQ(host.frame_bytes(tag), 512u);
  ASSERT_TRUE(host.arena().shrink_top(block, 1024, 256));
  EXPECT_EQ(host.frame_bytes(TagId::Untagged), 256u);
  EXPECT_EQ(host.frame_bytes(tag), 0u);
  EXPECT_EQ(host.arena().position(), 256u);
}

}  // namespace
}  // namespace framealloc
