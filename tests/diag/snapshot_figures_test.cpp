// SPDX-License-Identifier: MIT OR Apache-2.0
// What version 3 of snapshots adds: pools by size class, handles, streaming, allocation sites.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

struct alignas(16) Block {
  std::byte bytes[64] = {};
};

AllocConfig config_of(bool checked) {
  AllocConfig config = AllocConfig::minimal();
  config.checked = checked;
  return config;
}

const PoolClassFigures* class_of(const Snapshot& snapshot, std::size_t block_bytes) {
  const auto found = std::ranges::find(snapshot.pools, block_bytes, &PoolClassFigures::block_bytes);
  return found == snapshot.pools.end() ? nullptr : &*found;
}

TEST(SnapshotFigures, PoolsAreCountedBySizeClass) {
  SmartAlloc alloc(config_of(false));
  std::array<Block*, 10> blocks{};
  for (Block*& block : blocks) block = alloc.pool_alloc<Block>();
  const Snapshot full = alloc.snapshot();
  for (Block* block : blocks) alloc.pool_free(block);
  const Snapshot after = alloc.snapshot();

  const PoolClassFigures* const before_frees = class_of(full, 64);
  const PoolClassFigures* const after_frees = class_of(after, 64);
  ASSERT_TRUE(before_frees != nullptr && after_frees != nullptr);
  EXPECT_EQ(before_frees->allocations, blocks.size());
  EXPECT_GE(before_frees->pages, 1U);
  EXPECT_GE(before_frees->blocks, blocks.size() + before_frees->free_blocks);
  EXPECT_EQ(after_frees->free_blocks, before_frees->free_blocks + blocks.size());
  EXPECT_TRUE(std::ranges::is_sorted(full.pools, {}, &PoolClassFigures::block_bytes));
}

// Pages are counted where they are taken and given back, not looked for.
TEST(SnapshotFigures, PagesAreThoseThatAClassHasNow) {
  constexpr std::size_t kPages = 8;
  for (const GuardMode guard : {GuardMode::Off, GuardMode::Poison}) {
    AllocConfig config = config_of(false);
    config.guard = guard;
    config.guard_quarantine = 0;
    SmartAlloc alloc(config);
    std::vector<Block*> blocks;
    PoolClassFigures most;
    const auto look = [&] {
      most = {};
      for (const PoolClassFigures& pool : alloc.snapshot().pools) {
        if (pool.pages > most.pages) most = pool;
      }
      return most.pages;
    };
    for (std::size_t i = 0; i < kPages * config.slab_page_size / sizeof(Block); ++i) {
      blocks.push_back(alloc.pool_alloc<Block>());
    }
    EXPECT_GE(look(), kPages);
    EXPECT_GE(most.blocks, blocks.size());
    EXPECT_LE(most.blocks * most.block_bytes, most.pages * config.slab_page_size);
    EXPECT_LT(most.blocks - blocks.size() - most.free_blocks, most.blocks / most.pages);
    // Freed by another thread, so that the pages drain through the inbox of their owner.
    std::thread([&] {
      for (Block* block : blocks) alloc.pool_free(block);
    }).join();
    for (int frame = 0; frame < 64; ++frame) {
      alloc.begin_frame();
      alloc.end_frame();
      alloc.trim();
    }
    EXPECT_LE(look(), 1U);
  }
}

TEST(SnapshotFigures, VisitingPoolsShowsTheSame) {
  SmartAlloc alloc(config_of(false));
  Block* const block = alloc.pool_alloc<Block>();
  const Snapshot snapshot = alloc.snapshot();
  std::size_t seen = 0;
  alloc.visit_pools([&](const PoolClassFigures& pool) {
    ASSERT_LT(seen, snapshot.pools.size());
    EXPECT_EQ(pool.block_bytes, snapshot.pools[seen].block_bytes);
    EXPECT_EQ(pool.allocations, snapshot.pools[seen].allocations);
    ++seen;
  });
  EXPECT_EQ(seen, snapshot.pools.size());
  EXPECT_GE(seen, 1U);
  alloc.pool_free(block);
}

TEST(SnapshotFigures, HandlesAndStreamingAreAbsentUntilTheyAreUsed) {
  SmartAlloc alloc(config_of(false));
  const Snapshot before = alloc.snapshot();
  EXPECT_FALSE(before.handles.has_value());
  EXPECT_FALSE(before.streaming.has_value());
  const auto handle = alloc.handles().alloc<int>();
  const StreamId asset = alloc.streaming().reserve(4096);
  const Snapshot after = alloc.snapshot();
  ASSERT_TRUE(after.handles.has_value());
  ASSERT_TRUE(after.streaming.has_value());
  EXPECT_EQ(after.handles->active_handles, 1U);
  EXPECT_EQ(after.streaming->total_reserved, 4096U);
  (void)alloc.streaming().free(asset);
  (void)alloc.handles().free(handle);
}

TEST(SnapshotFigures, SitesNeedTheCheckLevelThatKnowsThem) {
  for (const bool checked : {false, true}) {
    SmartAlloc alloc(config_of(checked));
    const std::uint32_t line = __LINE__ + 1;
    auto* const large = alloc.with_tag("map", [&] { return alloc.heap_alloc<char>(50'000); });
    int* const small = alloc.pool_alloc<int>();
    const Snapshot snapshot = alloc.snapshot();
    alloc.pool_free(small);
    alloc.heap_free(large);
    if (!checked && kCheckLevel < 1) {
      EXPECT_TRUE(snapshot.sites.empty());
      continue;
    }
    ASSERT_EQ(snapshot.sites.size(), 2U);
    const SnapshotSite& most = snapshot.sites[0];
    EXPECT_TRUE(most.file.ends_with("snapshot_figures_test.cpp")) << most.file;
    EXPECT_EQ(most.line, line);
    EXPECT_EQ(most.tag, "map");
    EXPECT_EQ(most.kind, AllocKind::Heap);
    EXPECT_EQ(most.bytes, 50'000U);
    EXPECT_EQ(most.count, 1U);
  }
}

TEST(SnapshotFigures, OlderVersionsDoNotHaveThem) {
  const Snapshot snapshot = SmartAlloc(config_of(true)).snapshot();
  for (const char* key : {"\"pools\"", "\"handles\"", "\"streaming\"", "\"sites\""}) {
    EXPECT_EQ(snapshot.to_json(1).find(key), std::string::npos) << key;
    EXPECT_EQ(snapshot.to_json(2).find(key), std::string::npos) << key;
    EXPECT_NE(snapshot.to_json(3).find(key), std::string::npos) << key;
  }
  EXPECT_EQ(snapshot.to_json(0), "");
  EXPECT_EQ(snapshot.to_json(4), "");
}

}  // namespace
}  // namespace framealloc
