// SPDX-License-Identifier: MIT OR Apache-2.0
// Chunk headers that were written over, and cursors that stand nowhere: noted, and survived.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <string>

namespace framealloc {
namespace {

using detail::ArenaChunk;
using testing::TestHost;

ArenaChunk& chunk_of(void* memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  return *reinterpret_cast<ArenaChunk*>(address & ~std::uintptr_t{TestHost::kChunk - 1});
}

bool says(const std::string& message, const char* what) {
  return message.find(what) != std::string::npos;
}

// Four chunks' worth of memory. Result: what lies in the third chunk.
void* fill(TestHost& host) {
  void* third = nullptr;
  for (int i = 0; i < 12; ++i) {
    void* const memory = host.arena().alloc_bytes(TestHost::kChunk / 4);
    EXPECT_NE(memory, nullptr);
    if (i == 7) third = memory;
  }
  return third;
}

TEST(ArenaSoundness, ABrokenChunkAheadEndsTheListBeforeIt) {
  TestHost host;
  host.begin();
  ArenaChunk& third = chunk_of(fill(host));
  host.end();
  host.begin();
  const ArenaChunk whole = third;
  third.seal = 7;
  third.next = reinterpret_cast<ArenaChunk*>(0x4141);
  third.bytes = 0;
  fill(host);
  host.end();
  ASSERT_EQ(host.faults.size(), 1U);
  EXPECT_TRUE(says(host.faults[0], "it holds 0x7, expected ")) << host.faults[0];
  for (int i = 0; i < 60; ++i) {
    host.begin();
    fill(host);
    host.end();
  }
  EXPECT_EQ(host.faults.size(), 1U);
  const std::size_t out = host.chunks_out;
  host.close();
  EXPECT_LT(host.chunks_out, out);
  EXPECT_GT(host.chunks_out, 0U) << "what the header told of is not given back on its word";
  third = whole;
  for (ArenaChunk* chunk = &third; chunk != nullptr;) {
    ArenaChunk* const next = chunk->next;
    host.release_chunk(chunk);
    chunk = next;
  }
}

TEST(ArenaSoundness, TheChunkThatTheArenaStandsIn) {
  TestHost host;
  host.begin();
  void* const memory = host.arena().alloc_bytes(TestHost::kChunk / 2);
  chunk_of(memory).seal = 7;
  EXPECT_NE(host.arena().alloc_bytes(TestHost::kChunk / 2), nullptr);  // needs the next chunk
  EXPECT_EQ(host.arena().position(), TestHost::kChunk);
  ASSERT_EQ(host.faults.size(), 1U);
  host.end();
  chunk_of(memory).seal = ArenaChunk::kSeal;
  host.release_chunk(&chunk_of(memory));
}

TEST(ArenaSoundness, ACursorOutsideItsChunk) {
  TestHost host;
  host.begin();
  void* const memory = host.arena().alloc_bytes(TestHost::kChunk / 2);
  const std::size_t bytes = chunk_of(memory).bytes;
  chunk_of(memory).bytes = 4096;
  host.end();
  ASSERT_EQ(host.faults.size(), 1U);
  EXPECT_TRUE(says(host.faults[0], "the cursor of an arena stands at 0x")) << host.faults[0];
  chunk_of(memory).bytes = bytes;
  host.begin();
  EXPECT_EQ(host.arena().alloc_bytes(64), static_cast<void*>(chunk_of(memory).begin()));
  host.end();
  EXPECT_EQ(host.faults.size(), 1U);
}

}  // namespace
}  // namespace framealloc
