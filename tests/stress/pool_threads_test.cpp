// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads that come and go leave nothing behind.
#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <array>
#include <thread>

namespace framealloc::test {
namespace {

// Members that threads take and give back, as the facade recycles them.
class MemberPool {
 public:
  explicit MemberPool(Rig& rig) : rig_(rig) {}
  Rig::Member& take() {
    const std::lock_guard guard(lock_);
    if (free_.empty()) return rig_.add_member();
    Rig::Member* const member = free_.back();
    free_.pop_back();
    return *member;
  }
  void give_back(Rig::Member& member) {
    const std::lock_guard guard(lock_);
    free_.push_back(&member);
  }

 private:
  Rig& rig_;
  std::mutex lock_;
  std::vector<Rig::Member*> free_;
};

TEST(PoolThreadsStress, TwoThousandShortThreadsDoNotGrowMemory) {
  constexpr std::size_t kThreads = 2000;
  constexpr std::size_t kWarmUp = 100;
  Rig rig;
  MemberPool members(rig);
  // Each thread leaves a block to the next, so that pages are always left behind and adopted.
  std::atomic<void*> left{nullptr};
  std::size_t warm = 0;
  for (std::size_t i = 0; i < kThreads; i += 2) {
    const auto work = [&] {
      Rig::Member& member = members.take();
      member.pool.attach(os::thread_word(), os::current_thread_id());
      std::vector<void*> blocks;
      for (std::size_t k = 0; k < 100; ++k) blocks.push_back(rig.allocate(member.pool, 64 + k));
      void* const heap = rig.heap().allocate(member.pool, 20000, 16, CallSite::current());
      ASSERT_NE(heap, nullptr);
      for (std::size_t k = 0; k < 100; ++k) {
        ASSERT_NE(blocks[k], nullptr);
        if (k != 50) rig.free(&member.pool, blocks[k], 64 + k);
      }
      rig.heap().free(&member.pool, heap, CallSite::current());
      if (void* const other = left.exchange(blocks[50])) rig.free(&member.pool, other, 64 + 50);
      member.pool.detach();
      members.give_back(member);
    };
    std::thread first(work);
    std::thread second(work);
    first.join();
    second.join();
    if (i == kWarmUp) warm = rig.limited_source().reserved();
  }
  // Whether two threads overlapped before the warm-up was over is chance: each may have needed a
  // chunk for pages and one for its large block. Pages left behind would be more than 60 MiB.
  EXPECT_LE(rig.limited_source().reserved(), warm + 2 * rig.chunks().chunk_size());
  EXPECT_LE(rig.shared().orphaned_slabs(), 1U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 128U);
  EXPECT_EQ(rig.shared().totals().heap_bytes, 0U);
  rig.free(nullptr, left.load(), 64 + 50);
  EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
}

TEST(PoolThreadsStress, HeapBlocksCrossThreads) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kRounds = 3000;
  Rig rig;
  std::array<std::atomic<std::uint64_t*>, 32> slots{};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      PoolThread& pool = rig.join().pool;
      std::uint64_t random = 1234567 + t;
      for (std::size_t i = 0; i < kRounds; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        const std::size_t size = 16 + (random >> 33) % (i % 100 == 0 ? 3000000 : 100000);
        auto* const block =
            static_cast<std::uint64_t*>(rig.heap().allocate(pool, size, 16, CallSite::current()));
        ASSERT_NE(block, nullptr);
        block[0] = size;
        if (i % 5 == 0 && rig.heap().try_resize(&pool, block, size / 2 + 16)) {
          block[0] = size / 2 + 16;
        }
        std::uint64_t* const other = slots[(random >> 40) % slots.size()].exchange(block);
        if (other != nullptr) {
          ASSERT_LE(other[0], rig.heap().usable_size(other));
          rig.heap().free(&pool, other, CallSite::current());
        }
        if (i % 128 == 0) (void)pool.collect(64);
      }
      pool.detach();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (auto& slot : slots) rig.heap().free(nullptr, slot.load(), CallSite::current());
  EXPECT_EQ(rig.shared().totals().heap_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().allocations, rig.shared().totals().frees);
  EXPECT_TRUE(rig.reports().empty());
}

TEST(PoolThreadsStress, TotalsAreReadWhileThreadsWork) {
  Rig rig;
  const TagId tag = rig.tag("busy");
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      PoolThread& pool = rig.join().pool;
      for (int i = 0; i < 3000; ++i) {
        pool.select(i % 2 == 0 ? tag : TagId::Untagged);
        void* const block = rig.allocate(pool, 64);
        rig.free(&pool, block, 64);
      }
      pool.detach();
      stop = true;
    });
  }
  while (!stop) {
    EXPECT_LT(rig.shared().totals(tag).pool_bytes, 3U * 64U * 3000U);
    EXPECT_LE(rig.shared().totals().frees, 9000U);
    rig.shared().for_each_live([](const LiveBlock&, void*) {}, nullptr);
    std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().allocations, 9000U);
}

}  // namespace
}  // namespace framealloc::test
