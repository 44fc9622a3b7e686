// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory follows the need: pages and chunks that are empty go back, bit by bit.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <algorithm>

namespace framealloc::test {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

RigOptions small_chunks() {
  RigOptions options;
  options.chunk_size = kChunk;
  options.pool.pages_per_class = 1;
  return options;
}

// Frees in an order that spreads neighbours, as a game's entities die.
void free_scattered(Rig& rig, PoolThread& pool, std::vector<void*>& blocks, std::size_t size) {
  for (std::size_t step = 7, start = 0; start < step; ++start) {
    for (std::size_t i = start; i < blocks.size(); i += step) rig.free(&pool, blocks[i], size);
  }
  blocks.clear();
}

std::vector<void*> allocate_many(Rig& rig, PoolThread& pool, std::size_t count, std::size_t size) {
  std::vector<void*> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(rig.allocate(pool, size));
  return blocks;
}

TEST(Collect, GivesEverythingBackWhenAsked) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 20000, 64);
  EXPECT_GT(rig.supply().reserved(), 20000U * 64U);
  free_scattered(rig, pool, blocks, 64);
  EXPECT_GE(pool.collect(PoolThread::kEverything), 20000U);
  rig.chunks().trim();
  // Bookkeeping stays: tables and the like.
  EXPECT_LT(rig.supply().reserved(), std::size_t{256} << 10);
}

TEST(Collect, WorksInSmallStepsAndKeepsWhatIsConfigured) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 20000, 64);
  free_scattered(rig, pool, blocks, 64);
  const std::size_t full = rig.supply().reserved() - rig.chunks().idle_bytes();
  std::size_t most = 0;
  for (int frame = 0; frame < 5000; ++frame) most = std::max(most, pool.collect(100));
  EXPECT_EQ(most, 100U);
  const std::size_t left = rig.supply().reserved() - rig.chunks().idle_bytes();
  EXPECT_LT(left, full - 3 * kChunk);
  // One page's worth is kept: the next blocks need no page.
  const std::uint64_t refills = rig.shared().totals().refills;
  (void)allocate_many(rig, pool, 900, 64);
  EXPECT_EQ(rig.shared().totals().refills, refills);
}

TEST(Collect, LeavesASteadyLoadAlone) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 10000, 64);
  free_scattered(rig, pool, blocks, 64);
  std::uint64_t refills = 0;
  for (int frame = 0; frame < 200; ++frame) {
    if (frame == 10) refills = rig.shared().totals().refills;
    blocks = allocate_many(rig, pool, 10000, 64);
    free_scattered(rig, pool, blocks, 64);
    // Often enough that every list is looked at in every frame.
    for (int i = 0; i < 8; ++i) (void)pool.collect(512);
  }
  EXPECT_EQ(rig.shared().totals().refills, refills);
}

TEST(Collect, NeverMovesABlockInUse) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 5000, 48);
  std::vector<std::uint64_t*> kept;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i % 100 == 0) {
      kept.push_back(static_cast<std::uint64_t*>(blocks[i]));
      for (std::uint64_t word = 0; word < 6; ++word) kept.back()[word] = i * 10 + word;
    } else {
      rig.free(&pool, blocks[i], 48);
    }
  }
  (void)pool.collect(PoolThread::kEverything);
  (void)rig.shared().trim();
  std::vector<void*> again = allocate_many(rig, pool, 5000, 48);
  for (void* const block : again) {
    ASSERT_EQ(std::find(kept.begin(), kept.end(), block), kept.end());
    std::fill_n(static_cast<std::uint64_t*>(block), 6, ~std::uint64_t{0});
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::uint64_t word = 0; word < 6; ++word) ASSERT_EQ(kept[i][word], i * 1000 + word);
  }
}

TEST(Trim, DiscardsFreePagesOnceAndCountsThem) {
  Rig rig;  // one chunk of 32 pages
  PoolThread& pool = rig.join().pool;
  ASSERT_NE(rig.allocate(pool, 64), nullptr);
  const std::size_t first = rig.shared().trim();
  // All but the page in use; whether the chunk's first page is that one or stays for its header.
  EXPECT_EQ(first, 31U * (std::size_t{64} << 10));
  EXPECT_EQ(rig.shared().trim(), 0U);
  EXPECT_NE(rig.allocate(pool, 8000), nullptr);
}

}  // namespace
}  // namespace framealloc::test
