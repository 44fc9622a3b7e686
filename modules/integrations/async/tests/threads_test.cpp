// SPDX-License-Identifier: MIT OR Apache-2.0
// Coroutines that go from thread to thread: for ThreadSanitizer as much as for the counts.
#include "async_rig.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace framealloc::async::test {
namespace {

constexpr int kThreads = 4;

template <class F>
void on_threads(F run) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
}

TEST(Threads, ASemaphoreAsALock) {
  SmartAlloc alloc;
  const LiveFrames frames;
  Semaphore lock(1);
  int counter = 0;  // guarded by it
  const auto add = [&](int times) -> Task<> {
    for (int i = 0; i < times; ++i) {
      co_await lock.acquire();
      ++counter;
      lock.release();
    }
  };
  on_threads([&](int) {
    for (int i = 0; i < 20; ++i) spawn(alloc, add(50));
  });
  EXPECT_EQ(counter, kThreads * 20 * 50);
  EXPECT_EQ(frames.count(), 0);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST(Threads, AChannelBetweenThem) {
  SmartAlloc alloc;
  const LiveFrames frames;
  constexpr int kMessages = 500;
  std::atomic<int> sum{0};
  std::atomic<int> count{0};
  {
    Channel<int> channel(alloc, 8);
    std::atomic<int> senders{kThreads};
    const auto send = [&](int from) -> Task<> {
      for (int i = 0; i < kMessages; ++i) {
        TransferHandle<int> handle = alloc.frame_box_for_transfer<int>(from);
        EXPECT_EQ(co_await channel.send(std::move(handle)), SendResult::Sent);
      }
      if (senders.fetch_sub(1) == 1) channel.close();
    };
    const auto receive = [&]() -> Task<> {
      for (;;) {
        TransferHandle<int> handle = co_await channel.receive();
        if (!handle) co_return;
        const PoolBox<int> box = handle.receive();
        sum += *box;
        ++count;
      }
    };
    on_threads([&](int i) {
      spawn(alloc, receive());
      spawn(alloc, send(i));
    });
    EXPECT_EQ(channel.stats().received, static_cast<std::uint64_t>(kThreads * kMessages));
  }
  EXPECT_EQ(count.load(), kThreads * kMessages);
  EXPECT_EQ(sum.load(), kMessages * (0 + 1 + 2 + 3));
  EXPECT_EQ(frames.count(), 0);
  EXPECT_EQ(alloc.stats().total_allocated, 0U);
}

TEST(Threads, ABarrierAmongThem) {
  SmartAlloc alloc;
  Barrier barrier(kThreads);
  std::atomic<int> arrived{0};
  std::atomic<int> wrong{0};
  const auto meet = [&]() -> Task<> {
    for (int round = 1; round <= 50; ++round) {
      ++arrived;
      co_await barrier.arrive_and_wait();
      if (arrived.load() < round * kThreads) ++wrong;
    }
  };
  on_threads([&](int) { spawn(alloc, meet()); });
  EXPECT_EQ(arrived.load(), 50 * kThreads);
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST(Threads, WaitingForFramesOfAnother) {
  SmartAlloc alloc;
  std::atomic<int> resumed{0};
  std::atomic<bool> ready{false};
  {
    FrameScheduler frames(alloc);
    const auto wait = [&]() -> Task<> {
      for (int i = 0; i < 20; ++i) co_await frames.next_frame();
      ++resumed;
    };
    std::thread driver([&] {
      while (!ready.load() || frames.waiting() != 0) {
        const ScopedFrame frame = alloc.scoped_frame();
        (void)frames.pump();
      }
    });
    on_threads([&](int) {
      for (int i = 0; i < 10; ++i) spawn(alloc, wait());
    });
    ready = true;
    driver.join();
  }
  EXPECT_EQ(resumed.load(), 10 * kThreads);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST(Threads, AGuardEndsWhileBoxesDieElsewhere) {
  ReportLog log;
  SmartAlloc alloc(config_for(log));
  for (int round = 0; round < 50; ++round) {
    std::vector<GuardedBox<int>> boxes(kThreads);
    auto guard = std::make_unique<AsyncPoolGuard>(alloc);
    on_threads([&](int i) {
      boxes[static_cast<std::size_t>(i)] = guard->alloc_box<int>(i);
      GuardedVec<int> numbers = guard->alloc_vec<int>(4);
      EXPECT_TRUE(numbers.push(i));
    });
    EXPECT_EQ(guard->allocation_count(), 2U * kThreads);
    std::thread ending([&] { guard.reset(); });
    for (auto& box : boxes) box = GuardedBox<int>();
    ending.join();
  }
  EXPECT_EQ(alloc.stats().total_allocated, 0U);
}

}  // namespace
}  // namespace framealloc::async::test
