// SPDX-License-Identifier: MIT OR Apache-2.0
// Small blocks that wait for the next request of their size: found again, never in the way.
#include <framealloc/detail/heap/handle_space.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace framealloc {
namespace {

using detail::HandleSpace;
using testing::HandleWorld;

constexpr TagId kTag = static_cast<TagId>(7);

class HandleSpaceTest : public ::testing::Test {
 protected:
  HandleWorld world;
  HandleSpace space{world.chunks()};

  void* take(std::size_t bytes, std::size_t alignment = kGranule, bool movable = true) {
    bool by_limit = false;
    return space.allocate(bytes, alignment, {1, kTag, movable}, &by_limit);
  }
  void expect_whole() {
    const HandleSpace::Totals totals = space.totals();
    std::size_t free_bytes = 0;
    if (totals.chunks != 0) {
      free_bytes = totals.chunks * one_chunk() - totals.used_bytes;
    }
    EXPECT_EQ(totals.free_bytes, free_bytes);
  }
  // Bytes of blocks and holes that one chunk has.
  [[nodiscard]] std::size_t one_chunk() {
    HandleSpace other(world.chunks());
    bool by_limit = false;
    void* const block = other.allocate(16, kGranule, {1, kTag, true}, &by_limit);
    const HandleSpace::Totals totals = other.totals();
    other.free(block, 16, kGranule);
    return totals.used_bytes + totals.free_bytes;
  }
};

TEST_F(HandleSpaceTest, AFreedBlockIsTheNextOfItsSize) {
  void* const kept = take(64);
  void* const first = take(64);
  void* const other = take(128);
  EXPECT_EQ(space.free(first, 64, kGranule), kTag);
  EXPECT_EQ(space.free(other, 128, kGranule), kTag);
  expect_whole();
  EXPECT_EQ(space.totals().used_bytes, 80u) << "with its header; what waits is free";
  EXPECT_EQ(take(128), other);
  EXPECT_EQ(take(60), first);
  EXPECT_EQ(space.totals().used_bytes, 80u + 80u + 144u);
  expect_whole();
  space.free(first, 60, kGranule);
  void* const aligned = take(64, 256);
  EXPECT_TRUE(is_aligned(aligned, 256)) << "what waits is aligned to a granule";
  space.free(aligned, 64, 256);
  space.free(other, 128, kGranule);
  space.free(kept, 64, kGranule);
  EXPECT_EQ(space.totals().chunks, 0u);
}

TEST_F(HandleSpaceTest, WhatWaitsMayBeHandedOutAsUnmovable) {
  void* const kept = take(64);
  void* const block = take(64, kGranule, false);
  EXPECT_EQ(space.totals().unmovable_blocks, 1u);
  space.free(block, 64, kGranule);
  EXPECT_EQ(space.totals().unmovable_blocks, 0u);
  EXPECT_EQ(take(64), block);
  EXPECT_EQ(space.totals().unmovable_blocks, 0u);
  space.free(block, 64, kGranule);
  EXPECT_EQ(take(64, kGranule, false), block);
  EXPECT_EQ(space.totals().unmovable_blocks, 1u);
  space.free(block, 64, kGranule);
  space.free(kept, 64, kGranule);
  EXPECT_EQ(space.totals().unmovable_blocks, 0u);
}

TEST_F(HandleSpaceTest, BlocksThatWaitJoinRatherThanTakeAChunk) {
  std::vector<void*> blocks;
  while (space.totals().chunks < 2) blocks.push_back(take(496));
  space.free(blocks.back(), 496, kGranule);  // the second chunk goes with it
  blocks.pop_back();
  ASSERT_EQ(space.totals().chunks, 1u);
  for (int i = 0; i < 4; ++i) {
    space.free(blocks.back(), 496, kGranule);
    blocks.pop_back();
  }
  expect_whole();
  void* const large = take(1900);
  EXPECT_EQ(space.totals().chunks, 1u);
  expect_whole();
  space.free(large, 1900, kGranule);
  for (void* const block : blocks) space.free(block, 496, kGranule);
  EXPECT_EQ(space.totals().chunks, 0u);
}

TEST_F(HandleSpaceTest, ChunksGoWhenNothingElseIsInThem) {
  std::vector<void*> blocks;
  while (space.totals().chunks < 4) {
    for (const std::size_t bytes : {16U, 48U, 200U, 512U, 513U}) blocks.push_back(take(bytes));
  }
  const auto bytes_of = [](std::size_t i) {
    constexpr std::size_t kBytes[] = {16, 48, 200, 512, 513};
    return kBytes[i % 5];
  };
  // Every other one first, so that many wait while their chunks are in use.
  for (std::size_t parity = 0; parity < 2; ++parity) {
    for (std::size_t i = parity; i < blocks.size(); i += 2) {
      space.free(blocks[i], bytes_of(i), kGranule);
    }
    expect_whole();
  }
  EXPECT_EQ(space.totals().chunks, 0u);
  EXPECT_EQ(space.totals().used_bytes, 0u);
  EXPECT_EQ(space.totals().free_bytes, 0u);
}

TEST_F(HandleSpaceTest, NothingWaitsInAChunkThatIsSetApart) {
  std::vector<void*> blocks;
  while (space.totals().chunks < 3) blocks.push_back(take(64));
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i % 4 != 0) space.free(blocks[i], 64, kGranule);
  }
  detail::BlockChunk* emptied = nullptr;
  {
    const std::lock_guard guard(space.lock());
    ASSERT_TRUE(space.set_apart(1, &emptied));
    std::size_t live = 0;
    while (space.next_apart() != nullptr) ++live;
    EXPECT_LE(live, blocks.size() / 4 + 1) << "blocks that wait are no blocks in use";
    space.put_back(1, &emptied);
  }
  space.release(emptied);
  for (std::size_t i = 0; i < blocks.size(); i += 4) space.free(blocks[i], 64, kGranule);
  EXPECT_EQ(space.totals().chunks, 0u);
}

}  // namespace
}  // namespace framealloc
