// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/sync/spin_lock.hpp>

#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

namespace framealloc::detail {
namespace {

TEST(SpinLock, IsOneByte) { EXPECT_EQ(sizeof(SpinLock), 1u); }

TEST(SpinLock, TryLockTellsWhetherItIsHeld) {
  SpinLock lock;
  EXPECT_TRUE(lock.try_lock());
  EXPECT_FALSE(lock.try_lock());
  lock.unlock();
  {
    const std::lock_guard guard(lock);
    EXPECT_FALSE(lock.try_lock());
  }
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
}

TEST(SpinLock, OneThreadAtATime) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 5000;
  SpinLock lock;
  int count = 0;  // plain: torn or lost updates show, and ThreadSanitizer would tell
  int inside = 0;
  bool alone = true;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&lock, &count, &inside, &alone, t] {
        for (int i = 0; i < kRounds; ++i) {
          const std::lock_guard guard(lock);
          alone = alone && ++inside == 1;
          ++count;
          if (i % 1000 == t) std::this_thread::yield();  // waiters get past their spinning
          --inside;
        }
      });
    }
  }
  EXPECT_TRUE(alone);
  EXPECT_EQ(count, kThreads * kRounds);
}

}  // namespace
}  // namespace framealloc::detail
