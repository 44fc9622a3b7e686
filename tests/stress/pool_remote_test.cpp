// SPDX-License-Identifier: MIT OR Apache-2.0
// One thread allocates, another frees: memory stays bounded, and no block is lost or doubled.
#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <array>
#include <atomic>
#include <fstream>
#include <thread>

namespace framealloc::test {
namespace {

// Bytes that the process has in memory.
std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  file >> size >> resident;
  return resident * 4096;
}

// A bounded ring between two threads.
class Ring {
 public:
  static constexpr std::size_t kCapacity = 4096;

  void push(void* item) {
    while (tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_acquire) ==
           kCapacity) {
      std::this_thread::yield();
    }
    const std::size_t at = tail_.load(std::memory_order_relaxed);
    slots_[at % kCapacity] = item;
    tail_.store(at + 1, std::memory_order_release);
  }
  void* pop() {
    while (head_.load(std::memory_order_relaxed) == tail_.load(std::memory_order_acquire)) {
      std::this_thread::yield();
    }
    const std::size_t at = head_.load(std::memory_order_relaxed);
    void* const item = slots_[at % kCapacity];
    head_.store(at + 1, std::memory_order_release);
    return item;
  }

 private:
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::atomic<std::size_t> head_{0};
  std::array<void*, kCapacity> slots_{};
};

TEST(PoolRemoteStress, TwoMillionRemoteFreesDoNotGrowMemory) {
  constexpr std::size_t kFrees = 2'000'000;
  constexpr std::size_t kWarmUp = 100'000;  // at most 4096 + 64 live at once, below 5,000
  Rig rig;
  Ring ring;
  std::size_t warm_resident = 0;
  std::size_t warm_reserved = 0;
  PoolThread& pool = rig.join().pool;
  // The ring is full once before anything is freed: however the threads are scheduled, what is
  // reserved has been at its most when it is looked at.
  std::atomic<bool> full{false};
  std::thread consumer([&] {
    PoolThread& mine = rig.join().pool;
    while (!full.load(std::memory_order_acquire)) std::this_thread::yield();
    for (std::size_t i = 0; i < kFrees; ++i) {
      auto* const block = static_cast<std::uint64_t*>(ring.pop());
      ASSERT_EQ(block[0], i);
      ASSERT_EQ(block[7], ~i);
      rig.free(&mine, block, 64);
    }
    mine.detach();
  });
  for (std::size_t i = 0; i < kFrees; ++i) {
    auto* const block = static_cast<std::uint64_t*>(rig.allocate(pool, 64));
    ASSERT_NE(block, nullptr);
    block[0] = i;
    block[7] = ~i;
    ring.push(block);
    if (i + 1 == Ring::kCapacity) full.store(true, std::memory_order_release);
    if (i == kWarmUp) {
      warm_resident = resident_bytes();
      warm_reserved = rig.limited_source().reserved();
    }
  }
  consumer.join();
  EXPECT_EQ(rig.limited_source().reserved(), warm_reserved);
  EXPECT_LT(resident_bytes(), warm_resident + (std::size_t{4} << 20));
  EXPECT_LE(rig.shared().totals().refills, 6U);  // 5,000 blocks are five pages
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().frees, kFrees);
  EXPECT_EQ(rig.shared().totals().remote_frees, kFrees);
}

TEST(PoolRemoteStress, EveryThreadFreesForEveryOther) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kRounds = 20'000;
  constexpr std::size_t kSlots = 256;
  RigOptions options;
  options.budgets = true;
  options.pool.pages_per_class = 1;
  Rig rig(options);
  std::array<std::atomic<std::uint64_t*>, kSlots> slots{};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      PoolThread* pool = &rig.join().pool;
      std::uint64_t random = 88172645463325252U + t;
      for (std::size_t i = 0; i < kRounds; ++i) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        const std::size_t size = 16 + random % (i % 64 == 0 ? 20000 : 400);
        const AllocKind kind = AllocKind::Pool;
        auto* const block =
            static_cast<std::uint64_t*>(pool->allocate(size, 16, kind, CallSite::current()));
        ASSERT_NE(block, nullptr);
        block[0] = reinterpret_cast<std::uintptr_t>(block);
        block[1] = size;
        std::uint64_t* const other = slots[(random >> 32) % kSlots].exchange(block);
        if (other != nullptr) {
          ASSERT_EQ(other[0], reinterpret_cast<std::uintptr_t>(other));
          other[0] = 0;
          PoolThread::free(rig.shared(), pool, other, kind, CallSite::current());
        }
        if (i % 256 == 0) (void)pool->collect(64);
        if (i % 64 == 0) pool->flush();
        if (i % 4096 == 4095) {
          // A new thread with a new member would do the same: leave pages behind, adopt others.
          pool->detach();
          pool->attach(os::thread_word(), os::current_thread_id());
        }
      }
      pool->detach();
    });
  }
  for (std::thread& thread : threads) thread.join();
  PoolThread& last = rig.join().pool;
  for (auto& slot : slots) {
    if (slot.load() != nullptr) {
      PoolThread::free(rig.shared(), &last, slot.load(), AllocKind::Pool, CallSite::current());
    }
  }
  last.detach();
  EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
  EXPECT_EQ(rig.shared().totals().allocations, rig.shared().totals().frees);
  EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
  EXPECT_EQ(rig.budgets().current_usage(), 0U);
  EXPECT_TRUE(rig.reports().empty());
}

}  // namespace
}  // namespace framealloc::test
