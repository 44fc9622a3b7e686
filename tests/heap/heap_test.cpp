// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/heap.hpp>

#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <atomic>
#include <cstring>
#include <map>
#include <thread>

namespace framealloc::test {
namespace {

constexpr std::size_t kChunk = std::size_t{2} << 20;

std::size_t accounted(std::size_t size) { return align_up(size == 0 ? 1 : size, kGranule); }

TEST(Heap, GivesAlignedBlocksOfAnySize) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  std::map<std::byte*, std::size_t> blocks;
  for (std::size_t alignment = 1; alignment <= 4 * kChunk; alignment *= 4) {
    for (const std::size_t size : Sizes{
             std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{8192}, std::size_t{8193},
             std::size_t{100000}, kChunk / 2, kChunk / 2 + 1, kChunk, kChunk + 1, 3 * kChunk + 5}) {
      auto* const block =
          static_cast<std::byte*>(rig.heap().allocate(pool, size, alignment, CallSite::current()));
      ASSERT_NE(block, nullptr) << size << ' ' << alignment;
      ASSERT_TRUE(is_aligned(block, alignment));
      if (size != 0) block[0] = block[size - 1] = std::byte{1};
      EXPECT_GE(rig.heap().usable_size(block), size);
      blocks[block] = size;
    }
  }
  const std::byte* end = nullptr;
  for (const auto& [block, size] : blocks) {
    ASSERT_GE(block, end);
    end = block + size;
  }
  for (const auto& [block, size] : blocks) rig.heap().free(&pool, block, CallSite::current());
  EXPECT_EQ(rig.shared().totals().heap_bytes, 0U);
  EXPECT_TRUE(rig.reports().empty());
}

TEST(Heap, AccountsExactlyForLargeBlocks) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  pool.select(rig.tag("t"));
  std::size_t sum = 0;
  std::vector<void*> blocks;
  for (std::size_t size = 8193; size < 5000000; size = size * 3 / 2) {
    blocks.push_back(rig.heap().allocate(pool, size, 16, CallSite::current()));
    sum += accounted(size);
    ASSERT_EQ(rig.shared().totals(rig.tag("t")).heap_bytes, sum);
  }
  EXPECT_EQ(rig.shared().totals().allocations, blocks.size());
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
  pool.select(TagId::Untagged);
  for (void* const block : blocks) rig.heap().free(&pool, block, CallSite::current());
  EXPECT_EQ(rig.shared().totals(rig.tag("t")).heap_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().frees, blocks.size());
}

TEST(Heap, UsesOneChunkForABlockOfOneChunk) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  ASSERT_NE(rig.allocate(pool, 64), nullptr);
  const std::size_t before = rig.limited_source().reserved();
  ASSERT_NE(rig.heap().allocate(pool, kChunk, 16, CallSite::current()), nullptr);
  EXPECT_LE(rig.limited_source().reserved(), before + kChunk + (std::size_t{64} << 10));
}

TEST(Heap, GivesChunksBack) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks;
  for (int i = 0; i < 200; ++i) {
    blocks.push_back(rig.heap().allocate(pool, 100000, 16, CallSite::current()));
    ASSERT_NE(blocks.back(), nullptr);
  }
  EXPECT_GT(rig.limited_source().reserved(), 200U * 100000U);
  for (void* const block : blocks) rig.heap().free(&pool, block, CallSite::current());
  (void)pool.collect(PoolThread::kEverything);
  rig.chunks().trim();
  EXPECT_LT(rig.limited_source().reserved(), std::size_t{512} << 10);
}

TEST(Heap, ReusesTheRoomOfFreedBlocks) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  for (int i = 0; i < 1000; ++i) {
    void* const a = rig.heap().allocate(pool, 300000, 16, CallSite::current());
    void* const b = rig.heap().allocate(pool, 3000000, 16, CallSite::current());
    rig.heap().free(&pool, a, CallSite::current());
    rig.heap().free(&pool, b, CallSite::current());
  }
  EXPECT_LT(rig.limited_source().peak_reserved(), 5 * kChunk);
}

TEST(Heap, ResizesInPlaceWhereThereIsRoom) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  Heap& heap = rig.heap();
  const auto bytes = [&] { return rig.shared().totals().heap_bytes; };
  // In a slab: within the block.
  void* const small = heap.allocate(pool, 100, 16, CallSite::current());
  EXPECT_TRUE(heap.try_resize(&pool, small, 112));
  EXPECT_FALSE(heap.try_resize(&pool, small, 113));
  heap.free(&pool, small, CallSite::current());
  // In a chunk: into what follows.
  auto* const first = static_cast<char*>(heap.allocate(pool, 20000, 16, CallSite::current()));
  std::memset(first, 7, 20000);
  EXPECT_TRUE(heap.try_resize(&pool, first, 200000));
  EXPECT_EQ(first[19999], 7);
  first[199999] = 1;
  EXPECT_EQ(bytes(), 200000U);
  EXPECT_EQ(heap.usable_size(first), 200000U);
  void* const second = heap.allocate(pool, 20000, 16, CallSite::current());
  EXPECT_FALSE(heap.try_resize(&pool, first, 300000));
  EXPECT_EQ(bytes(), 200000U + 20000U);
  EXPECT_TRUE(heap.try_resize(&pool, first, 10000));
  EXPECT_EQ(bytes(), accounted(10000) + 20000U);
  void* const between = heap.allocate(pool, 100000, 16, CallSite::current());
  EXPECT_GT(between, first);
  EXPECT_LT(between, second);
  EXPECT_FALSE(heap.try_resize(&pool, first, SIZE_MAX));
  // With chunks of its own: up to their end.
  void* const large = heap.allocate(pool, kChunk + 1, 16, CallSite::current());
  EXPECT_TRUE(heap.try_resize(&pool, large, 2 * kChunk));
  EXPECT_EQ(heap.usable_size(large), 2 * kChunk);
  EXPECT_FALSE(heap.try_resize(&pool, large, 4 * kChunk));
  for (void* const block : {static_cast<void*>(first), second, between, large}) {
    heap.free(&pool, block, CallSite::current());
  }
  EXPECT_EQ(bytes(), 0U);
  EXPECT_FALSE(heap.try_resize(&pool, &rig, 1));
  EXPECT_EQ(heap.usable_size(&rig), 0U);
}

TEST(Heap, IsFreedFromAnyThread) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  pool.select(rig.tag("t"));
  std::vector<void*> blocks;
  for (const std::size_t size : Sizes{64, 5000, 50000, 500000, 5000000}) {
    for (int i = 0; i < 20; ++i) {
      blocks.push_back(rig.heap().allocate(pool, size, 16, CallSite::current()));
    }
  }
  std::thread([&] {
    PoolThread& other = rig.join().pool;
    for (void* const block : blocks) rig.heap().free(&other, block, CallSite::current());
    EXPECT_EQ(rig.shared().totals(rig.tag("t")).heap_bytes, 0U);
    other.detach();
  }).join();
  EXPECT_EQ(rig.shared().totals().frees, blocks.size());
}

TEST(Heap, SharesChunksAmongThreadsThatEnd) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  ASSERT_NE(rig.heap().allocate(pool, 20000, 16, CallSite::current()), nullptr);
  const std::size_t before = rig.limited_source().reserved();
  for (int i = 0; i < 50; ++i) {
    std::thread([&] {
      PoolThread& other = rig.join().pool;
      ASSERT_NE(rig.heap().allocate(other, 20000, 16, CallSite::current()), nullptr);
      other.detach();
    }).join();
  }
  EXPECT_LE(rig.limited_source().reserved(), before + kChunk);
}

TEST(Heap, WorksWithChunksTooSmallToShare) {
  RigOptions options;
  options.chunk_size = kMinSlabPage;
  options.pool.page_size = kMinSlabPage;
  Rig rig(options);
  PoolThread& pool = rig.join().pool;
  for (const std::size_t size : Sizes{100, 8000, 9000, 20000, 1000000}) {
    void* const block = rig.heap().allocate(pool, size, 64, CallSite::current());
    ASSERT_NE(block, nullptr);
    std::memset(block, 1, size);
    rig.heap().free(&pool, block, CallSite::current());
  }
  EXPECT_EQ(rig.shared().totals().heap_bytes, 0U);
}

}  // namespace
}  // namespace framealloc::test
