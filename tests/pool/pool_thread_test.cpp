// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/pool_thread.hpp>

#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <cstring>
#include <map>
#include <set>

namespace framealloc::test {
namespace {

TEST(PoolThread, GivesAlignedBlocksThatDoNotOverlap) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  std::map<std::byte*, std::size_t> blocks;
  for (std::size_t alignment = 1; alignment <= 4 * kMaxSlabAlignment; alignment *= 2) {
    for (const std::size_t size : Sizes{0, 1, 16, 17, 63, 64, 100, 1000, 4096, 4097, 8192, 9000}) {
      for (int i = 0; i < 3; ++i) {
        void* const block = rig.allocate(pool, size, alignment);
        ASSERT_NE(block, nullptr);
        ASSERT_TRUE(is_aligned(block, alignment)) << size << ' ' << alignment;
        ASSERT_TRUE(is_aligned(block, kGranule));
        std::memset(block, 0xab, size);
        blocks[static_cast<std::byte*>(block)] = size;
      }
    }
  }
  const std::byte* end = nullptr;
  for (const auto& [block, size] : blocks) {
    ASSERT_GE(block, end);
    end = block + size;
  }
  EXPECT_TRUE(rig.reports().empty());
}

TEST(PoolThread, GivesAFreedBlockOutAgainFirst) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  void* const kept = rig.allocate(pool, 64);
  void* const freed = rig.allocate(pool, 64);
  rig.free(&pool, freed, 64);
  EXPECT_EQ(rig.allocate(pool, 64), freed);
  EXPECT_NE(kept, freed);
}

TEST(PoolThread, TakesTheInlinePathUnlessVerified) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  void* const block = rig.allocate(pool, 64);
  EXPECT_EQ(pool.current()->try_pop(granules_of(64, 1)) != nullptr, !rig.shared().checked());
  EXPECT_EQ(try_free_local(block, rig.shared().page_mask(), os::thread_word()),
            !rig.shared().checked());
  // Another thread's word never gets through.
  void* const other = rig.allocate(pool, 64);
  EXPECT_FALSE(try_free_local(other, rig.shared().page_mask(), os::thread_word() + 1));
}

TEST(PoolThread, HasAnEmptyTableBeforeItIsAttached) {
  Rig rig;
  PoolThread& pool = rig.add_member().pool;
  EXPECT_FALSE(pool.attached());
  for (std::size_t granules = 0; granules <= kMaxGranules; ++granules) {
    ASSERT_EQ(pool.current()->try_pop(granules), nullptr);
    ASSERT_EQ(pool.current()->try_pop_aligned(granules, 16), nullptr);
  }
}

TEST(PoolThread, CountsBytesByTagAsReserved) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  const TagId physics = rig.tag("physics");
  const TagId audio = rig.tag("audio");
  pool.select(physics);
  void* const a = rig.allocate(pool, 50);  // 64 by default
  pool.select(audio);
  void* const b = rig.allocate(pool, 1000);   // 1024
  void* const c = rig.allocate(pool, 20000);  // beyond the slabs: rounded to the granule
  EXPECT_EQ(rig.shared().totals(physics).pool_bytes, 64U);
  EXPECT_EQ(rig.shared().totals(audio).pool_bytes, 1024U + 20000U);
  EXPECT_EQ(rig.shared().totals(TagId::Untagged).pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 64U + 1024U + 20000U);
  EXPECT_EQ(rig.shared().totals().allocations, 3U);
  // Freed under another tag than the one that was current when it was allocated.
  pool.select(TagId::Untagged);
  rig.free(&pool, b, 1000);
  rig.free(&pool, a, 50);
  rig.free(&pool, c, 20000);
  EXPECT_EQ(rig.shared().totals(physics).pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals(audio).pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().frees, 3U);
  EXPECT_EQ(rig.shared().totals().remote_frees, 0U);
}

TEST(PoolThread, MixesTagsInOnePageOnlyWithoutSegregation) {
  for (const bool segregate : {true, false}) {
    RigOptions options;
    options.pool.segregate_by_tag = segregate;
    Rig rig(options);
    PoolThread& pool = rig.join().pool;
    pool.select(rig.tag("a"));
    void* const a = rig.allocate(pool, 64);
    pool.select(rig.tag("b"));
    void* const b = rig.allocate(pool, 64);
    const std::uintptr_t mask = rig.shared().page_mask();
    EXPECT_EQ(slab_of(a, mask) == slab_of(b, mask), !segregate);
    EXPECT_EQ(rig.shared().totals(TagId::Untagged).pool_bytes, segregate ? 0U : 128U);
  }
}

TEST(PoolThread, RefusesImpossibleRequests) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  EXPECT_EQ(pool.allocate(64, 3, AllocKind::Pool, CallSite::current()), nullptr);
  EXPECT_EQ(pool.allocate(64, 0, AllocKind::Pool, CallSite::current()), nullptr);
  EXPECT_EQ(pool.allocate(SIZE_MAX, 16, AllocKind::Pool, CallSite::current()), nullptr);
  EXPECT_EQ(pool.allocate(kMaxRequest + 1, 16, AllocKind::Heap, CallSite::current()), nullptr);
  EXPECT_EQ(pool.allocate(16, std::size_t{1} << 62, AllocKind::Heap, CallSite::current()), nullptr);
  EXPECT_EQ(rig.sink().count(Code::FA011), 5U);
  EXPECT_EQ(rig.shared().totals().allocations, 0U);
  ASSERT_FALSE(rig.reports().empty());
  EXPECT_TRUE(rig.reports().front().site.known());
}

TEST(PoolThread, TouchesMemoryInPortions) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  void* const block = rig.allocate(pool, 64);
  SlabHeader* const slab = slab_of(block, rig.shared().page_mask());
  EXPECT_LE(slab->carved, 64U);
  EXPECT_LT(slab->carved, slab->block_count);
}

TEST(PoolThread, UsesEveryBlockOfAPage) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  SlabHeader* const slab = slab_of(rig.allocate(pool, 64), rig.shared().page_mask());
  const std::uint32_t count = slab->block_count;
  for (std::uint32_t i = 1; i < count; ++i) {
    ASSERT_EQ(slab_of(rig.allocate(pool, 64), rig.shared().page_mask()), slab);
  }
  EXPECT_EQ(rig.shared().totals().refills, 1U);
  EXPECT_NE(slab_of(rig.allocate(pool, 64), rig.shared().page_mask()), slab);
  EXPECT_EQ(rig.shared().totals().refills, 2U);
}

TEST(PoolThread, HonorsAListOfClassesWithGaps) {
  const std::size_t list[] = {48, 160};
  RigOptions options;
  options.pool.classes = list;
  Rig rig(options);
  PoolThread& pool = rig.join().pool;
  EXPECT_EQ(slab_of(rig.allocate(pool, 1), rig.shared().page_mask())->block_size, 48U);
  EXPECT_EQ(slab_of(rig.allocate(pool, 49), rig.shared().page_mask())->block_size, 160U);
  EXPECT_EQ(slab_of(rig.allocate(pool, 161), rig.shared().page_mask())->block_size, 256U);
  void* const aligned = rig.allocate(pool, 40, 64);  // neither of the list is aligned enough
  ASSERT_NE(aligned, nullptr);
  EXPECT_TRUE(is_aligned(aligned, 64));
}

TEST(PoolThread, ServesTwoAllocatorsAtOnceOnOneThread) {
  Rig one;
  Rig two;
  PoolThread& first = one.join().pool;
  PoolThread& second = two.join().pool;
  void* const a = one.allocate(first, 64);
  void* const b = two.allocate(second, 64);
  two.free(&second, b, 64);
  EXPECT_EQ(one.shared().totals().pool_bytes, 64U);
  EXPECT_EQ(two.shared().totals().pool_bytes, 0U);
  one.free(&first, a, 64);
  EXPECT_EQ(one.shared().totals().pool_bytes, 0U);
}

TEST(PoolThread, GivesEverythingBackWithBlocksInUse) {
  CountingSource outer(system_source());
  {
    RigOptions options;
    options.source = &outer;
    Rig rig(options);
    PoolThread& pool = rig.join().pool;
    for (const std::size_t size : Sizes{16, 64, 8000, 100000, 5000000}) {
      ASSERT_NE(rig.allocate(pool, size), nullptr);
      ASSERT_NE(rig.heap().allocate(pool, size, 16, CallSite::current()), nullptr);
    }
    EXPECT_GT(outer.bytes_in_use(), 10000000U);
  }
  EXPECT_EQ(outer.bytes_in_use(), 0U);
  EXPECT_EQ(outer.live_blocks(), 0U);
}

TEST(PoolThread, StaysWithinALimitOfTheSupply) {
  RigOptions options;
  options.limit = std::size_t{5} << 20;
  Rig rig(options);
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks;
  while (void* const block = rig.allocate(pool, 1024)) blocks.push_back(block);
  EXPECT_GT(blocks.size(), 3000U);  // two chunks of 2 MiB
  EXPECT_LE(rig.limited_source().peak_reserved(), options.limit);
  ASSERT_EQ(rig.reports().size(), 1U);
  EXPECT_EQ(rig.reports()[0].code, Code::FA310);
  EXPECT_EQ(rig.reports()[0].requested, 1024U);
  for (void* const block : blocks) rig.free(&pool, block, 1024);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
  // What was kept ready for blocks of one size serves another.
  EXPECT_NE(rig.allocate(pool, 4096), nullptr);
}

}  // namespace
}  // namespace framealloc::test
