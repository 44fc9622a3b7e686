// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks that are freed on another thread than the one that allocated them, and threads that end.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace framealloc::test {
namespace {

template <class F>
void on_thread(F&& f) {
  std::thread(std::forward<F>(f)).join();
}

TEST(RemoteBatch, CarriesAddressesInsideTheBlocks) {
  for (const std::size_t size : Sizes{16, 32, 64, 256, 1024}) {
    Rig rig;
    PoolThread& pool = rig.join().pool;
    const std::vector<void*> blocks = allocate_many(rig, pool, 100, size);
    const std::set<void*> sorted(blocks.begin(), blocks.end());
    RemoteBatch batch;
    batch.begin();
    EXPECT_TRUE(batch.empty());
    for (void* const block : blocks) {
      batch.add(block, static_cast<std::uint32_t>(size));
      const std::size_t most = std::min(RemoteBatch::kMostBlocks, RemoteBatch::kMostBytes / size);
      EXPECT_EQ(batch.full(), batch.count() == most) << size << ": " << batch.count();
      if (batch.full()) break;
    }
    batch.close();
    std::set<void*> seen;
    for (RemoteNode* node = batch.first(); node != nullptr;) {
      node = visit_node(node, size, [&](void* block) { EXPECT_TRUE(seen.insert(block).second); });
    }
    EXPECT_EQ(seen.size(), batch.count());
    EXPECT_TRUE(std::includes(sorted.begin(), sorted.end(), seen.begin(), seen.end()));
  }
}

TEST(RemoteBatch, CarriesBlocksOfAllSizes) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  const std::size_t sizes[] = {16, 8192, 24, 512, 16, 16, 2048, 64, 4096, 32, 1024, 160};
  for (std::size_t first = 0; first < std::size(sizes); ++first) {
    RemoteBatch batch;
    batch.begin();
    std::set<void*> added;
    std::size_t bytes = 0;
    for (std::size_t i = first; !batch.full(); ++i) {
      const std::size_t size = sizes[i % std::size(sizes)];
      void* const block = rig.allocate(pool, size);
      const std::uint32_t room = slab_of(block, rig.shared().page_mask())->block_size;
      batch.add(block, room);
      added.insert(block);
      bytes += room;
    }
    batch.close();
    EXPECT_EQ(batch.count(), added.size());
    EXPECT_EQ(batch.bytes(), bytes);
    EXPECT_LE(added.size(), RemoteBatch::kMostBlocks);
    std::set<void*> seen;
    for (RemoteNode* node = batch.first(); node != nullptr;) {
      const std::size_t size = slab_of(node, rig.shared().page_mask())->block_size;
      node = visit_node(node, size, [&](void* block) { EXPECT_TRUE(seen.insert(block).second); });
    }
    EXPECT_EQ(seen, added);
  }
}

TEST(RemoteInbox, TakesNothingWhileClosed) {
  RemoteInbox inbox;
  RemoteNode node{};
  EXPECT_FALSE(inbox.push(&node, &node));
  inbox.open();
  EXPECT_TRUE(inbox.empty());
  EXPECT_TRUE(inbox.push(&node, &node));
  EXPECT_FALSE(inbox.empty());
  EXPECT_EQ(inbox.close(), &node);
  EXPECT_EQ(inbox.close(), nullptr);
  EXPECT_FALSE(inbox.push(&node, &node));
  EXPECT_EQ(inbox.take_all(), nullptr);
}

// An inbox that closes between the two halves of a push: what is refused is routed by its sender
// from first to last, and must not lead on to what the owner has taken.
TEST(RemoteInbox, ABatchThatIsRefusedLeadsNowhere) {
  constexpr std::size_t kNodes = 100'000;
  constexpr std::size_t kSenders = 2;
  struct Sender {
    std::vector<RemoteNode> nodes = std::vector<RemoteNode>(kNodes);
    std::size_t refused = 0;
    std::size_t leading_on = 0;
  };
  std::array<Sender, kSenders> senders;
  RemoteInbox inbox;
  std::atomic<std::size_t> running{kSenders};
  std::vector<std::thread> threads;
  for (Sender& sender : senders) {
    threads.emplace_back([&] {
      for (RemoteNode& node : sender.nodes) {
        node.next = nullptr;
        if (inbox.push(&node, &node)) continue;
        ++sender.refused;
        if (node.next != nullptr) ++sender.leading_on;
      }
      running.fetch_sub(1);
    });
  }
  std::size_t taken = 0;
  const auto count = [&taken](const RemoteNode* node) {
    for (; node != nullptr; node = node->next) ++taken;
  };
  while (running.load() != 0) {
    inbox.open();
    for (int i = 0; i < 20; ++i) os::relax(0);
    count(inbox.close());
  }
  for (std::thread& thread : threads) thread.join();
  count(inbox.close());
  for (const Sender& sender : senders) {
    taken += sender.refused;
    EXPECT_EQ(sender.leading_on, 0U) << "of " << sender.refused << " refused";
  }
  EXPECT_EQ(taken, kSenders * kNodes);
}

// Who frees in turn for several owners, and blocks of several sizes, collects batches for each.
TEST(RemoteFree, InTurnForManyOwnersCollectsBatches) {
  Rig rig;
  constexpr std::size_t kOwners = 24;
  constexpr std::size_t kEach = 60;
  std::array<std::vector<void*>, kOwners> blocks;
  std::array<PoolThread*, kOwners> owners{};
  const Sizes sizes{32, 200, 64};
  for (std::size_t i = 0; i < kOwners; ++i) {
    on_thread([&] {
      owners[i] = &rig.join().pool;
      while (blocks[i].size() < kEach) {
        for (const std::size_t size : sizes) blocks[i].push_back(rig.allocate(*owners[i], size));
      }
    });
  }
  PoolThread& mine = rig.join().pool;
  for (std::size_t n = 0; n < kEach; ++n) {
    for (auto& of_owner : blocks) {
      PoolThread::free(rig.shared(), &mine, of_owner[n], AllocKind::Pool, CallSite{});
    }
  }
  EXPECT_EQ(rig.shared().deferred_stats().total_queued, 0U) << "no batch was full";
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U) << "and all are counted";
  mine.flush();
  const DeferredStats sent = rig.shared().deferred_stats();
  EXPECT_EQ(sent.total_queued, kOwners * kEach);
  EXPECT_EQ(sent.peak_depth, kEach);
  for (PoolThread* const owner : owners) EXPECT_EQ(owner->drain(SIZE_MAX), kEach);
  EXPECT_EQ(rig.shared().deferred_stats().queued_bytes, 0U);
  EXPECT_EQ(rig.reports().size(), 0U);
}

TEST(RemoteFree, ComesBackToTheOwner) {
  for (const std::size_t size : Sizes{16, 48, 64, 1024, 8192}) {
    Rig rig;
    PoolThread& pool = rig.join().pool;
    const std::vector<void*> blocks = allocate_many(rig, pool, 500, size);
    on_thread([&] {
      PoolThread& other = rig.join().pool;
      for (void* const block : blocks) rig.free(&other, block, size);
      EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);  // exact although nothing has arrived
      other.flush();
      EXPECT_EQ(rig.shared().totals().remote_frees, 500U);
      EXPECT_TRUE(other.idle());
      other.detach();
    });
    EXPECT_FALSE(pool.idle());
    EXPECT_EQ(pool.drain(PoolThread::kEverything), 500U);
    EXPECT_TRUE(pool.idle());
    const std::uint64_t refills = rig.shared().totals().refills;
    (void)allocate_many(rig, pool, 500, size);
    EXPECT_EQ(rig.shared().totals().refills, refills) << size;
    EXPECT_EQ(rig.shared().totals().frees, 500U);
  }
}

TEST(RemoteFree, IsFoundByAListThatRunsDry) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  SlabHeader* const slab = slab_of(rig.allocate(pool, 64), rig.shared().page_mask());
  std::vector<void*> blocks = allocate_many(rig, pool, slab->block_count - 1, 64);
  on_thread([&] {
    PoolThread& other = rig.join().pool;
    rig.free(&other, blocks.back(), 64);
    other.detach();  // sends it
  });
  EXPECT_EQ(rig.allocate(pool, 64), blocks.back());
  EXPECT_EQ(rig.shared().totals().refills, 1U);
}

TEST(RemoteFree, HoldsBackAtMostABatch) {
  for (const std::size_t size : Sizes{64, 8192}) {
    Rig rig;
    PoolThread& pool = rig.join().pool;
    const std::vector<void*> blocks = allocate_many(rig, pool, 1000, size);
    on_thread([&] {
      PoolThread& other = rig.join().pool;
      for (void* const block : blocks) rig.free(&other, block, size);
      // The main thread waits meanwhile, so its part may be used from here.
      const std::size_t held = blocks.size() - pool.drain(PoolThread::kEverything);
      EXPECT_LE(held, RemoteBatch::kMostBlocks);
      EXPECT_LE(held * size, RemoteBatch::kMostBytes);
      other.detach();
    });
  }
}

TEST(RemoteFree, IsDrainedInExactPortions) {
  for (const std::size_t size : Sizes{16, 64, 512}) {
    Rig rig;
    PoolThread& pool = rig.join().pool;
    const std::vector<void*> blocks = allocate_many(rig, pool, 300, size);
    on_thread([&] {
      PoolThread& other = rig.join().pool;
      for (void* const block : blocks) rig.free(&other, block, size);
      other.detach();
    });
    std::size_t total = 0;
    for (std::size_t portion = 1; total < 300; portion = portion % 37 + 1) {
      const std::size_t drained = pool.drain(portion);
      ASSERT_EQ(drained, std::min(portion, 300 - total));
      total += drained;
    }
    EXPECT_TRUE(pool.idle());
    std::vector<void*> again = allocate_many(rig, pool, 300, size);
    std::sort(again.begin(), again.end());
    EXPECT_EQ(std::unique(again.begin(), again.end()), again.end());
  }
}

TEST(RemoteFree, WorksForAThreadThatIsNotAttached) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  pool.select(rig.tag("t"));
  void* const small = rig.allocate(pool, 64);
  void* const large = rig.allocate(pool, 50000);
  void* const heap = rig.heap().allocate(pool, 64, 16, CallSite::current());
  on_thread([&] {
    rig.free(nullptr, small, 64);
    rig.free(nullptr, large, 50000);
    rig.heap().free(nullptr, heap, CallSite::current());
  });
  EXPECT_EQ(rig.shared().totals(rig.tag("t")).pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals(rig.tag("t")).heap_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().frees, 3U);
  EXPECT_EQ(pool.drain(PoolThread::kEverything), 2U);
}

TEST(ThreadExit, LeavesUsedPagesToBeAdopted) {
  Rig rig;
  std::vector<void*> blocks;
  on_thread([&] {
    PoolThread& pool = rig.join().pool;
    blocks = allocate_many(rig, pool, 10, 64);
    for (std::size_t i = 0; i < 9; ++i) rig.free(&pool, blocks[i], 64);
    pool.detach();
  });
  EXPECT_EQ(rig.shared().orphaned_slabs(), 1U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 64U);
  SlabHeader* const slab = slab_of(blocks[9], rig.shared().page_mask());

  PoolThread& heir = rig.join().pool;
  EXPECT_EQ(slab_of(rig.allocate(heir, 64), rig.shared().page_mask()), slab);
  EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
  // Freed by its new owner without a detour.
  rig.free(&heir, blocks[9], 64);
  EXPECT_EQ(rig.shared().totals().remote_frees, 0U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 64U);
}

TEST(ThreadExit, AdoptsOnlyTheSameTagAndKind) {
  Rig rig;
  void* block = nullptr;
  on_thread([&] {
    PoolThread& pool = rig.join().pool;
    pool.select(rig.tag("a"));
    block = rig.allocate(pool, 64);
    pool.detach();
  });
  PoolThread& heir = rig.join().pool;
  ASSERT_NE(rig.allocate(heir, 64), nullptr);
  ASSERT_NE(rig.heap().allocate(heir, 64, 16, CallSite::current()), nullptr);
  EXPECT_EQ(rig.shared().orphaned_slabs(), 1U);
  heir.select(rig.tag("a"));
  ASSERT_NE(rig.allocate(heir, 64), nullptr);
  EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
  rig.free(&heir, block, 64);
}

TEST(ThreadExit, ReleasesAnOrphanWhenItsLastBlockIsFreed) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  std::vector<void*> blocks;
  on_thread([&] {
    PoolThread& other = rig.join().pool;
    blocks = allocate_many(rig, other, 2000, 64);
    other.detach();
  });
  EXPECT_EQ(rig.shared().orphaned_slabs(), 2U);
  for (void* const block : blocks) rig.free(&pool, block, 64);
  pool.flush();
  EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
}

TEST(ThreadExit, RoutesABatchThatComesTooLate) {
  Rig rig;
  PoolThread& pool = rig.join().pool;
  Rig::Member* leaver = nullptr;
  std::vector<void*> blocks;
  on_thread([&] {
    leaver = &rig.join();
    blocks = allocate_many(rig, leaver->pool, 20, 64);
  });
  // The other thread has ended but not left yet; what is freed now is held back for it.
  for (std::size_t i = 0; i < 10; ++i) rig.free(&pool, blocks[i], 64);
  EXPECT_FALSE(pool.idle());
  leaver->pool.detach();
  EXPECT_EQ(rig.shared().orphaned_slabs(), 1U);
  pool.flush();  // finds the inbox closed
  for (std::size_t i = 10; i < 20; ++i) rig.free(&pool, blocks[i], 64);
  EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
}

TEST(ThreadExit, IsRecycledForALaterThread) {
  Rig rig;
  Rig::Member& member = rig.add_member();
  for (int round = 0; round < 5; ++round) {
    on_thread([&] {
      member.pool.attach(os::thread_word(), os::current_thread_id());
      void* const block = rig.allocate(member.pool, 64);
      ASSERT_NE(block, nullptr);
      rig.free(&member.pool, block, 64);
      member.pool.detach();
    });
    EXPECT_FALSE(member.pool.attached());
    EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
  }
  EXPECT_EQ(rig.shared().totals().allocations, 5U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
}

}  // namespace
}  // namespace framealloc::test
