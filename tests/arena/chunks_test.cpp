// SPDX-License-Identifier: MIT OR Apache-2.0
// Chunks follow the recent need: kept while frames use them, given back when they do not.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace framealloc {
namespace {

using testing::TestHost;

void frame_of(TestHost& host, std::size_t bytes) {
  host.begin();
  for (std::size_t done = 0; done < bytes; done += 1024) {
    ASSERT_NE(host.arena().alloc_bytes(1024), nullptr);
  }
  host.end();
}

TEST(Chunks, SteadyFramesTakeNothingNew) {
  TestHost host;
  frame_of(host, 10 * TestHost::kChunk);
  const std::size_t taken = host.chunks_taken;
  for (int i = 0; i < 200; ++i) frame_of(host, 10 * TestHost::kChunk);
  EXPECT_EQ(host.chunks_taken, taken);
}

TEST(Chunks, ASpikeIsGivenBackWithin60Frames) {
  for (unsigned in_flight = 1; in_flight <= 4; ++in_flight) {
    TestHost host({.slots = in_flight});
    for (int i = 0; i < 20; ++i) frame_of(host, 3 * TestHost::kChunk);
    const std::size_t steady = host.chunks_out;
    frame_of(host, 40 * TestHost::kChunk);
    EXPECT_GT(host.chunks_out, steady + 30);
    for (int i = 0; i < 60; ++i) frame_of(host, 3 * TestHost::kChunk);
    EXPECT_LE(host.chunks_out, steady) << in_flight;
  }
}

TEST(Chunks, ALargeRequestInOneFrameIsGivenBackToo) {
  TestHost host;
  for (int i = 0; i < 20; ++i) frame_of(host, 3 * TestHost::kChunk);
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(50 * TestHost::kChunk), nullptr);
  host.end();
  EXPECT_GT(host.arena().chunk_bytes(), 50 * TestHost::kChunk);
  for (int i = 0; i < 60; ++i) frame_of(host, 3 * TestHost::kChunk);
  EXPECT_LE(host.arena().chunk_bytes(), 5 * TestHost::kChunk);
}

TEST(Chunks, LargeRequestsInEveryFrameKeepTheirRun) {
  TestHost host;
  const auto frame = [&host](bool large_first) {
    host.begin();
    const auto large = [&] { return host.arena().alloc_bytes(10 * TestHost::kChunk) != nullptr; };
    ASSERT_TRUE(!large_first || large());
    for (int i = 0; i < 200; ++i) ASSERT_NE(host.arena().alloc_bytes(1024), nullptr);
    ASSERT_TRUE(large_first || large());
    host.end();
  };
  for (int i = 0; i < 4; ++i) frame(i % 2 == 0);
  const std::size_t taken = host.chunks_taken;
  for (int i = 0; i < 200; ++i) frame(i % 2 == 0);
  EXPECT_EQ(host.chunks_taken, taken);
}

TEST(Chunks, MemoryOfFramesInFlightStaysIntact) {
  for (unsigned in_flight = 1; in_flight <= 4; ++in_flight) {
    TestHost host({.slots = in_flight});
    struct Taken {
      unsigned char* at;
      std::size_t size;
      unsigned char pattern;
    };
    std::vector<std::vector<Taken>> frames;
    for (unsigned frame = 0; frame < 40; ++frame) {
      host.begin();
      frames.emplace_back();
      for (unsigned i = 0; i < 50; ++i) {
        const std::size_t size = 16 + (frame * 131 + i * 977) % 9000;
        const auto pattern = static_cast<unsigned char>(frame * 7 + i);
        auto* at = static_cast<unsigned char*>(host.arena().alloc_bytes(size));
        ASSERT_NE(at, nullptr);
        std::memset(at, pattern, size);
        frames.back().push_back({at, size, pattern});
      }
      // All frames in flight are checked right before the oldest of them ends.
      for (unsigned back = 0; back < in_flight && back <= frame; ++back) {
        for (const Taken& block : frames[frame - back]) {
          for (std::size_t k = 0; k < block.size; k += 15) ASSERT_EQ(block.at[k], block.pattern);
        }
      }
      host.end();
    }
  }
}

TEST(Chunks, ADeniedChunkLosesNothing) {
  TestHost host;
  host.begin();
  auto* block = static_cast<unsigned char*>(host.arena().alloc_bytes(1000));
  std::memset(block, 3, 1000);
  host.deny_chunks = true;
  EXPECT_EQ(host.arena().alloc_bytes(2 * TestHost::kChunk), nullptr);
  EXPECT_EQ(host.said.back().code, Code::FA012);
  EXPECT_NE(host.arena().alloc_bytes(1000), nullptr);  // what is left of the chunk still serves
  host.deny_chunks = false;
  EXPECT_NE(host.arena().alloc_bytes(2 * TestHost::kChunk), nullptr);
  EXPECT_EQ(block[999], 3);
}

TEST(Chunks, WasteIsWhatChunkEndsLeft) {
  TestHost host;
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(TestHost::kChunk - 64 - 160), nullptr);
  ASSERT_NE(host.arena().alloc_bytes(1024), nullptr);
  EXPECT_EQ(host.arena().view().waste, 160u);
  EXPECT_EQ(host.arena().position(), TestHost::kChunk - 64 - 160 + 1024);
}

TEST(Chunks, AllGoBackAtTheEnd) {
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = 100000, .slots = 3});
  for (int i = 0; i < 7; ++i) frame_of(host, 200000);
  host.begin();
  (void)host.arena().alloc_bytes(300000);
  host.close();
  EXPECT_EQ(host.chunks_out, 0u);
  EXPECT_EQ(host.fallbacks_out, 0u);
  EXPECT_EQ(host.metadata().bytes_in_use(), 0u);
}

}  // namespace
}  // namespace framealloc
