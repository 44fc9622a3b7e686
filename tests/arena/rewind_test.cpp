// SPDX-License-Identifier: MIT OR Apache-2.0
// Checkpoints: a good one goes back exactly, a stale one moves nothing.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace framealloc {
namespace {

using testing::TestHost;

TEST(Rewind, GivesTheSameMemoryAgain) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(48);
  const FrameCheckpoint here = host.arena().checkpoint();
  EXPECT_EQ(here.position(), 48u);
  void* first = host.arena().alloc_bytes(64);
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_EQ(host.arena().alloc_bytes(64), first);
}

TEST(Rewind, AcrossChunksAndBack) {
  TestHost host;
  host.begin();
  auto* kept = static_cast<unsigned char*>(host.arena().alloc_bytes(1000));
  std::memset(kept, 0x5A, 1000);
  const FrameCheckpoint here = host.arena().checkpoint();
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) {
      void* block = host.arena().alloc_bytes(TestHost::kChunk / 3);
      ASSERT_NE(block, nullptr);
      std::memset(block, round, TestHost::kChunk / 3);
    }
    ASSERT_TRUE(host.arena().rewind(here));
    EXPECT_EQ(host.arena().position(), 1008u);
    EXPECT_EQ(host.arena().view().waste, 0u);
  }
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(kept[i], 0x5A);
  EXPECT_EQ(host.chunks_taken, host.chunks_out);
  EXPECT_LE(host.chunks_out, 12u) << "chunks were not used again";
}

TEST(Rewind, ToTheVeryStart) {
  TestHost host;
  host.begin();
  const FrameCheckpoint start = host.arena().checkpoint();
  EXPECT_EQ(start.position(), 0u);
  ASSERT_NE(host.arena().alloc_bytes(5 * TestHost::kChunk), nullptr);
  ASSERT_NE(host.arena().alloc_bytes(100), nullptr);
  ASSERT_TRUE(host.arena().rewind(start));
  EXPECT_EQ(host.arena().position(), 0u);
  EXPECT_NE(host.arena().alloc_bytes(100), nullptr);
}

TEST(Rewind, NestedMarkersUnwindInOrder) {
  TestHost host;
  host.begin();
  std::vector<FrameCheckpoint> marks;
  for (int i = 0; i < 50; ++i) {
    marks.push_back(host.arena().checkpoint());
    (void)host.arena().alloc_bytes(static_cast<std::size_t>(16 + i * 160));
  }
  while (!marks.empty()) {
    ASSERT_TRUE(host.arena().rewind(marks.back()));
    EXPECT_EQ(host.arena().position(), marks.back().position());
    marks.pop_back();
  }
}

TEST(Rewind, ACheckpointStaysGoodForAnotherRewindToIt) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(32);
  const FrameCheckpoint here = host.arena().checkpoint();
  for (int i = 0; i < 3; ++i) {
    (void)host.arena().alloc_bytes(500);
    EXPECT_TRUE(host.arena().rewind(here));
  }
  EXPECT_TRUE(host.arena().rewind(here));  // nothing to undo is no error
}

void expect_refused(TestHost& host, const FrameCheckpoint& checkpoint) {
  const std::size_t position = host.arena().position();
  const std::uint64_t epoch = host.arena().epoch();
  void* const before = host.arena().alloc_bytes(16);
  EXPECT_FALSE(host.arena().rewind(checkpoint));
  EXPECT_EQ(host.arena().position(), position + 16);
  EXPECT_EQ(host.arena().epoch(), epoch);
  EXPECT_EQ(host.arena().alloc_bytes(16), static_cast<std::byte*>(before) + 16);
}

TEST(Rewind, StaleByFrameIsRefused) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(4096);
  const FrameCheckpoint old = host.arena().checkpoint();
  host.end();
  host.begin();
  expect_refused(host, old);
  (void)host.arena().alloc_bytes(8192);  // as long as the old frame was, and longer
  expect_refused(host, old);
  host.end();
  EXPECT_FALSE(host.arena().rewind(old));
}

TEST(Rewind, StaleByAnEarlierRewindIsRefused) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(16);
  const FrameCheckpoint low = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(160);
  const FrameCheckpoint high = host.arena().checkpoint();
  ASSERT_TRUE(host.arena().rewind(low));
  (void)host.arena().alloc_bytes(1600);  // beyond the position of `high`, but other objects
  expect_refused(host, high);
  EXPECT_TRUE(host.arena().rewind(low));
}

TEST(Rewind, StaleByAnEarlierRewindStaysSoAfterLaterCheckpoints) {
  TestHost host;
  host.begin();
  const FrameCheckpoint bottom = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint a = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint b = host.arena().checkpoint();
  ASSERT_TRUE(host.arena().rewind(a));
  (void)host.arena().alloc_bytes(256);
  const FrameCheckpoint c = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(256);
  expect_refused(host, b);
  ASSERT_TRUE(host.arena().rewind(c));
  expect_refused(host, b);
  ASSERT_TRUE(host.arena().rewind(bottom));
  (void)host.arena().alloc_bytes(4096);
  expect_refused(host, a);
  expect_refused(host, b);
  expect_refused(host, c);
  EXPECT_TRUE(host.arena().rewind(bottom));
}

TEST(Rewind, StaleByShrinkingIsRefused) {
  TestHost host;
  host.begin();
  void* block = host.arena().alloc_bytes(1000);
  const FrameCheckpoint above = host.arena().checkpoint();
  ASSERT_TRUE(host.arena().shrink_top(block, 1000, 100));
  (void)host.arena().alloc_bytes(4000);
  expect_refused(host, above);
}

TEST(Rewind, ForwardIsRefused) {
  TestHost host;
  host.begin();
  void* block = host.arena().alloc_bytes(1000);
  const FrameCheckpoint above = host.arena().checkpoint();
  ASSERT_TRUE(host.arena().shrink_top(block, 1000, 100));
  expect_refused(host, above);
}

TEST(Rewind, ForeignAndEmptyAreRefused) {
  TestHost host;
  TestHost other;
  host.begin();
  other.begin();
  (void)host.arena().alloc_bytes(64);
  (void)other.arena().alloc_bytes(64);
  expect_refused(host, other.arena().checkpoint());
  expect_refused(host, FrameCheckpoint{});
}

TEST(Rewind, ManyMarksAreKeptApart) {
  TestHost host;
  host.begin();
  std::vector<FrameCheckpoint> stale;
  const FrameCheckpoint bottom = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(16);
  for (int i = 0; i < 300; ++i) {
    const FrameCheckpoint low = host.arena().checkpoint();
    (void)host.arena().alloc_bytes(16);
    stale.push_back(host.arena().checkpoint());
    ASSERT_TRUE(host.arena().rewind(low));
    (void)host.arena().alloc_bytes(64);
  }
  for (const FrameCheckpoint& each : stale) EXPECT_FALSE(host.arena().rewind(each));
  EXPECT_TRUE(host.arena().rewind(bottom));
}

// Gives nothing while it is shut.
class Valve final : public MemorySource {
 public:
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
    return shut ? nullptr : system_.allocate(bytes, alignment);
  }
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override {
    system_.deallocate(address, bytes, alignment);
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "valve"; }
  bool shut = false;

 private:
  SystemSource system_;
};

// A rewind for whose mark there is no memory: which checkpoints it has made stale is not known any
// more, so all that were taken before it are refused.
TEST(Rewind, WhoseMarkIsLostRefusesEveryEarlierCheckpoint) {
  Valve valve;
  TestHost host({.source = &valve});
  struct Block {
    void* address;
    std::size_t bytes;
  };
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(64), nullptr);
  const FrameCheckpoint bottom = host.arena().checkpoint();
  void* const first = host.arena().alloc_bytes(64);
  const FrameCheckpoint low = host.arena().checkpoint();
  ASSERT_NE(host.arena().alloc_bytes(64), nullptr);
  const FrameCheckpoint high = host.arena().checkpoint();
  ASSERT_NE(host.arena().alloc_bytes(64), nullptr);

  // The list of marks has no room from the start, and finds none.
  valve.shut = true;
  std::vector<Block> taken;
  for (std::size_t bytes = 32768; bytes >= 64; bytes /= 2) {
    while (void* const block = host.metadata().allocate(bytes)) taken.push_back({block, bytes});
  }
  EXPECT_TRUE(host.arena().rewind(low)) << "the rewind itself needs no mark";
  valve.shut = false;
  for (const Block& block : taken) host.metadata().deallocate(block.address, block.bytes);

  EXPECT_EQ(host.arena().position(), 128u);
  for (int i = 0; i < 4; ++i) ASSERT_NE(host.arena().alloc_bytes(64), nullptr);
  const std::size_t here = host.arena().position();
  EXPECT_FALSE(host.arena().rewind(high));
  EXPECT_FALSE(host.arena().rewind(low));
  EXPECT_FALSE(host.arena().rewind(bottom)) << "it may be good, and nobody knows";
  EXPECT_EQ(host.arena().position(), here) << "nothing moves";
  const FrameCheckpoint fresh = host.arena().checkpoint();
  ASSERT_NE(host.arena().alloc_bytes(64), nullptr);
  EXPECT_TRUE(host.arena().rewind(fresh));
  EXPECT_EQ(host.arena().alloc_bytes(64), static_cast<std::byte*>(first) + here - 64);
  host.end();

  // The next frame begins with everything known.
  host.begin();
  const FrameCheckpoint again = host.arena().checkpoint();
  ASSERT_NE(host.arena().alloc_bytes(64), nullptr);
  EXPECT_TRUE(host.arena().rewind(again));
  EXPECT_TRUE(host.arena().rewind(again));
  host.end();
}

TEST(Rewind, AfterTheFrameEndedElsewhereIsRefused) {
  TestHost host;
  host.begin();
  const FrameCheckpoint here = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(64);
  host.end_elsewhere();
  EXPECT_FALSE(host.arena().rewind(here));
  EXPECT_EQ(host.arena().position(), 64u);
}

TEST(Rewind, TheEpochChangesWithEveryRewindAndFrame) {
  TestHost host;
  host.begin();
  const FrameCheckpoint here = host.arena().checkpoint();
  const std::uint64_t first = host.arena().epoch();
  EXPECT_TRUE(host.arena().holds(first));
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_FALSE(host.arena().holds(first));
  const std::uint64_t second = host.arena().epoch();
  EXPECT_NE(first, second);
  host.end_elsewhere();
  EXPECT_FALSE(host.arena().holds(second));
  host.begin();
  EXPECT_FALSE(host.arena().holds(second));
  EXPECT_FALSE(host.arena().holds(first));
}

}  // namespace
}  // namespace framealloc
