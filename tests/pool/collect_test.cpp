// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory follows the need: pages and chunks that are empty go back, bit by bit.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace framealloc::test {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

RigOptions small_chunks() {
  RigOptions options;
  options.chunk_size = kChunk;
  options.pool.pages_per_class = 1;
  return options;
}

// Frees in an order that spreads neighbors, as a game's entities die.
void free_scattered(Rig& rig, PoolThread& pool, std::vector<void*>& blocks, std::size_t size) {
  for (std::size_t step = 7, start = 0; start < step; ++start) {
    for (std::size_t i = start; i < blocks.size(); i += step) rig.free(&pool, blocks[i], size);
  }
  blocks.clear();
}

TEST(Collect, GivesEverythingBackWhenAsked) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 20000, 64);
  EXPECT_GT(rig.limited_source().reserved(), 20000U * 64U);
  free_scattered(rig, pool, blocks, 64);
  EXPECT_GE(pool.collect(PoolThread::kEverything), 20000U);
  rig.chunks().trim();
  // Bookkeeping stays: tables and the like.
  EXPECT_LT(rig.limited_source().reserved(), std::size_t{256} << 10);
}

TEST(Collect, WorksInSmallSteps) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 20000, 64);
  free_scattered(rig, pool, blocks, 64);
  const std::size_t full = rig.limited_source().reserved() - rig.chunks().idle_bytes();
  std::size_t most = 0;
  for (int frame = 0; frame < 5000; ++frame) most = std::max(most, pool.collect(100));
  EXPECT_EQ(most, 100U);
  const std::size_t left = rig.limited_source().reserved() - rig.chunks().idle_bytes();
  EXPECT_LT(left, full - 3 * kChunk);
  EXPECT_FALSE(pool.sweeping());
}

TEST(Collect, KeepsWhatIsConfigured) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 900, 64);
  const std::uint64_t refills = rig.shared().totals().refills;
  free_scattered(rig, pool, blocks, 64);
  for (int frame = 0; frame < 100; ++frame) EXPECT_EQ(pool.collect(100), 0U);
  // One page's worth is kept: the next blocks need no page.
  (void)allocate_many(rig, pool, 900, 64);
  EXPECT_EQ(rig.shared().totals().refills, refills);
}

// However many lists there are, each is looked at after a bounded number of calls, and a list whose
// pages have gone costs no look.
TEST(Collect, ComesToEveryList) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  for (int tag = 0; tag < 200; ++tag) {
    (void)pool.select(rig.tag("t" + std::to_string(tag)));
    std::vector<void*> blocks = allocate_many(rig, pool, 40, 4096);  // three pages
    free_scattered(rig, pool, blocks, 4096);
  }
  EXPECT_GE(rig.shared().totals().idle_bytes, 200U * 40U * 4096U);
  for (int frame = 0; frame < 100; ++frame) (void)pool.collect(4096);
  EXPECT_EQ(rig.shared().totals().idle_bytes, 0U);
  EXPECT_GE(rig.chunks().idle_bytes(), 200U * 40U * 4096U);
}

// A thread that reaches no boundary looks when it takes new pages.
TEST(Collect, HappensToAThreadThatOnlyTakesPages) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  for (const std::size_t size : Sizes{768, 1024, 1536, 2048, 3072}) {
    const std::size_t count = (std::size_t{32} << 20) / size;
    std::vector<void*> blocks = allocate_many(rig, pool, count, size);
    free_scattered(rig, pool, blocks, size);
  }
  EXPECT_LT(rig.limited_source().peak_reserved(), std::size_t{110} << 20) << "of 160 MiB in all";
}

// What has been freed and not gone back, wherever it lies.
TEST(Collect, WhatIsIdleIsCounted) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 20000, 64);
  const std::size_t before = rig.shared().totals().idle_bytes;
  EXPECT_LT(before, kChunk + 64 * 64) << "free pages of the last chunk, and a portion";
  std::thread([&] {
    PoolThread& other = rig.join().pool;
    for (std::size_t i = 0; i < blocks.size(); i += 2) rig.free(&other, blocks[i], 64);
    other.detach();
  }).join();
  for (std::size_t i = 1; i < blocks.size(); i += 2) rig.free(&pool, blocks[i], 64);
  EXPECT_EQ(rig.shared().totals().idle_bytes, before + 20000 * 64) << "half of it in the inbox";
  (void)pool.collect(1000);
  EXPECT_GE(rig.shared().totals().idle_bytes, before + 20000 * 64);
  (void)pool.collect(PoolThread::kEverything);
  EXPECT_EQ(rig.shared().totals().idle_bytes, 0U) << "it lies in chunks now";
}

TEST(Collect, LeavesASteadyLoadAlone) {
  Rig rig(small_chunks());
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks = allocate_many(rig, pool, 10000, 64);
  free_scattered(rig, pool, blocks, 64);
  std::uint64_t refills = 0;
  for (int frame = 0; frame < 50; ++frame) {
    if (frame == 10) refills = rig.shared().totals().refills;
    blocks = allocate_many(rig, pool, 10000, 64);
    free_scattered(rig, pool, blocks, 64);
    (void)pool.collect(4096);
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
