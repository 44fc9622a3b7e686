// SPDX-License-Identifier: MIT OR Apache-2.0
// What an arena hands out: where it lies, how it is aligned, and what cannot be had.
#include "arena/test_host.hpp"

#include <framealloc/detail/thread/tls.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>
#include <vector>

namespace framealloc {
namespace {

using testing::TestHost;

template <std::size_t Alignment>
struct alignas(Alignment) Aligned {
  std::byte bytes[Alignment];
};

TEST(FrameArena, HandsOutDisjointWritableMemory) {
  TestHost host;
  host.begin();
  std::vector<unsigned char*> blocks;
  // Sizes that fill several chunks, so that the path across chunk ends is part of it.
  for (std::size_t i = 0; i < 2000; ++i) {
    const std::size_t size = 1 + i * 37 % 700;
    auto* block = static_cast<unsigned char*>(host.arena().alloc_bytes(size));
    ASSERT_NE(block, nullptr);
    ASSERT_TRUE(is_aligned(block, kGranule));
    std::memset(block, static_cast<int>(i % 251), size);
    blocks.push_back(block);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::size_t size = 1 + i * 37 % 700;
    for (std::size_t k = 0; k < size; ++k) ASSERT_EQ(blocks[i][k], i % 251) << i << " " << k;
  }
  EXPECT_GT(host.chunks_out, 5u);
}

template <std::size_t Alignment>
void check_alignment(FrameArena& arena) {
  for (int i = 0; i < 40; ++i) {
    ASSERT_NE(arena.alloc_bytes(static_cast<std::size_t>(16 + i * 48)), nullptr);
    auto* object = arena.alloc<Aligned<Alignment>>();
    ASSERT_NE(object, nullptr);
    ASSERT_TRUE(is_aligned(object, Alignment)) << Alignment;
    auto* batch = arena.alloc_batch<Aligned<Alignment>>(3);
    ASSERT_TRUE(is_aligned(batch, Alignment)) << Alignment;
    void* bytes = arena.alloc_bytes(7, Alignment);
    ASSERT_TRUE(is_aligned(bytes, Alignment)) << Alignment;
    std::memset(bytes, 1, 7);
    std::memset(static_cast<void*>(batch), 2, sizeof(Aligned<Alignment>) * 3);
    std::memset(static_cast<void*>(object), 3, sizeof(Aligned<Alignment>));
  }
}

TEST(FrameArena, AlignsUpTo4096AndBeyond) {
  TestHost host;
  host.begin();
  check_alignment<1>(host.arena());
  check_alignment<8>(host.arena());
  check_alignment<16>(host.arena());
  check_alignment<32>(host.arena());
  check_alignment<64>(host.arena());
  check_alignment<256>(host.arena());
  check_alignment<4096>(host.arena());
  // Larger than a chunk is aligned itself.
  for (const std::size_t alignment : {TestHost::kChunk, TestHost::kChunk * 4}) {
    void* block = host.arena().alloc_bytes(100, alignment);
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(is_aligned(block, alignment));
    std::memset(block, 1, 100);
  }
}

TEST(FrameArena, ZeroBytesAreAValidRequest) {
  TestHost host;
  host.begin();
  EXPECT_NE(host.arena().alloc_bytes(0), nullptr);
  void* aligned = host.arena().alloc_bytes(0, 256);
  EXPECT_NE(aligned, nullptr);
  EXPECT_TRUE(is_aligned(aligned, 256));
  EXPECT_NE(host.arena().alloc_batch<std::uint64_t>(0), nullptr);
  EXPECT_TRUE(host.said.empty());
}

TEST(FrameArena, SizesThatCannotBeAreReportedAndNothingMoves) {
  TestHost host;
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(100), nullptr);
  const std::size_t before = host.arena().position();
  constexpr std::size_t kMax = SIZE_MAX;
  const std::array sizes{kMax, kMax - 15, kMax - 16, kMax / 2 + 1, kMax / 2, kMaxRequest + 1};
  std::size_t reports = 0;
  for (const std::size_t size : sizes) {
    EXPECT_EQ(host.arena().alloc_bytes(size), nullptr) << size;
    EXPECT_EQ(host.said.size(), ++reports);
    EXPECT_EQ(host.said.back().code, Code::FA011);
    for (const std::size_t alignment : {std::size_t{1}, std::size_t{64}, std::size_t{4096}}) {
      EXPECT_EQ(host.arena().alloc_bytes(size, alignment), nullptr) << size << " " << alignment;
      EXPECT_EQ(host.said.size(), ++reports);
      EXPECT_EQ(host.said.back().code, Code::FA011);
    }
    EXPECT_EQ(host.arena().alloc_batch<std::uint64_t>(size), nullptr) << size;
    EXPECT_EQ(host.said.size(), ++reports);
    EXPECT_EQ(host.said.back().code, Code::FA011);
  }
  // A count whose product wraps round to something small.
  EXPECT_EQ(host.arena().alloc_batch<Aligned<256>>(kMax / 256 + 2), nullptr);
  EXPECT_EQ(host.said.back().code, Code::FA011);
  EXPECT_EQ(host.arena().position(), before);
  EXPECT_NE(host.arena().alloc_bytes(100), nullptr);
}

TEST(FrameArena, WhatTheSourceLacksIsOutOfMemory) {
  TestHost host;
  host.begin();
  EXPECT_EQ(host.arena().alloc_bytes(kMaxRequest), nullptr);  // possible in words, not in fact
  ASSERT_EQ(host.said.size(), 1u);
  EXPECT_EQ(host.said.back().code, Code::FA012);
  EXPECT_EQ(host.arena().alloc_bytes(16, std::size_t{1} << 63), nullptr);
  EXPECT_EQ(host.said.back().code, Code::FA012);
  EXPECT_NE(host.arena().alloc_bytes(16), nullptr);
}

TEST(FrameArena, WithNoFrameOpenItRefuses) {
  TestHost host;
  EXPECT_EQ(host.arena().alloc_bytes(16), nullptr);
  EXPECT_EQ(host.arena().alloc<int>(), nullptr);
  EXPECT_EQ(host.arena().alloc_batch<int>(3), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(16, 64), nullptr);
  ASSERT_EQ(host.said.size(), 4u);
  for (const auto& said : host.said) EXPECT_EQ(said.code, Code::FA001);
  host.begin();
  EXPECT_NE(host.arena().alloc_bytes(16), nullptr);
  host.end();
  EXPECT_EQ(host.arena().alloc_bytes(16), nullptr);
  EXPECT_EQ(host.said.back().code, Code::FA001);
  EXPECT_EQ(host.chunks_taken, 1u);
}

TEST(FrameArena, AFrameEndedElsewhereIsNoticedByTheNextCall) {
  TestHost host;
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(64), nullptr);
  host.end_elsewhere();
  EXPECT_EQ(host.arena().alloc_bytes(64), nullptr);
  EXPECT_EQ(host.said.back().code, Code::FA001);
  host.begin_elsewhere();
  EXPECT_NE(host.arena().alloc_bytes(64), nullptr);
  EXPECT_EQ(host.arena().position(), 64u);  // of the new frame alone
  EXPECT_EQ(host.arena().clock(), host.clock());
}

TEST(FrameArena, TheEmptyArenaIsAlwaysFullAndSilent) {
  EXPECT_EQ(detail::empty_arena.alloc_bytes(16), nullptr);
  EXPECT_EQ(detail::empty_arena.alloc_bytes(0), nullptr);
  EXPECT_EQ(detail::empty_arena.alloc_bytes(SIZE_MAX), nullptr);
  EXPECT_EQ(detail::empty_arena.alloc<Aligned<4096>>(), nullptr);
  EXPECT_EQ(detail::empty_arena.position(), 0u);
  EXPECT_FALSE(detail::empty_arena.try_extend(nullptr, 0, 16));
  EXPECT_FALSE(detail::empty_arena.shrink_top(nullptr, 0, 0));
  EXPECT_FALSE(detail::empty_arena.rewind(detail::empty_arena.checkpoint()));
  EXPECT_FALSE(detail::empty_arena.holds(0));
}

TEST(FrameArena, CountsCallsOnlyWhileAsked) {
  TestHost host;
  host.begin();
  for (int i = 0; i < 10; ++i) ASSERT_NE(host.arena().alloc_bytes(16), nullptr);
  const std::uint64_t before = host.arena().calls_counted();
  host.modes() |= detail::kCountCalls;
  host.arena().close();
  for (int i = 0; i < 10; ++i) ASSERT_NE(host.arena().alloc_bytes(16), nullptr);
  EXPECT_EQ(host.arena().calls_counted() - before, 10u);
  host.modes() = 0;
  for (int i = 0; i < 10; ++i) ASSERT_NE(host.arena().alloc_bytes(16), nullptr);
  EXPECT_EQ(host.arena().calls_counted() - before, 10u);
}

TEST(FrameArena, PositionPeakAndTotalAreTrue) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(100);  // rounded to 112
  const FrameCheckpoint here = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(1000);  // to 1008
  EXPECT_EQ(host.arena().position(), 1120u);
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_EQ(host.arena().position(), 112u);
  EXPECT_EQ(host.arena().view().peak, 1120u);
  EXPECT_EQ(host.arena().allocated_total(), 1120u);
  (void)host.arena().alloc_bytes(16);
  EXPECT_EQ(host.arena().allocated_total(), 1136u);
  const std::uint64_t clock = host.clock();
  host.end();
  EXPECT_EQ(host.arena().allocated_total(), 1136u);
  const detail::FrameHistory history = host.arena().history(clock);
  EXPECT_EQ(history.bytes, 128u);
  EXPECT_EQ(history.peak, 1120u);
  EXPECT_EQ(history.high_water, 1120u);
  host.begin();
  EXPECT_EQ(host.arena().position(), 0u);
  EXPECT_EQ(host.arena().history(clock).bytes, 128u);
}

// Below check level 1 a power of two is the caller's duty, so the case exists only above it.
#if FRAMEALLOC_CHECK_LEVEL >= 1
TEST(FrameArena, ImpossibleAlignmentIsReported) {
  TestHost host;
  host.begin();
  EXPECT_EQ(host.arena().alloc_bytes(16, 0), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(16, 24), nullptr);
  ASSERT_EQ(host.said.size(), 2u);
  EXPECT_EQ(host.said.back().code, Code::FA011);
}
#endif

}  // namespace
}  // namespace framealloc
