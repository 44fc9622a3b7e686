// SPDX-License-Identifier: MIT OR Apache-2.0
// Eight threads allocate while others subscribe and leave, each other's listeners as well.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

struct Block {
  std::byte bytes[96];
};

// What a listener stands on: it must not be entered once its subscription has ended.
struct Ground {
  std::atomic<bool> alive{true};
  std::atomic<int> inside{0};
};

constexpr int kAllocators = 8;
constexpr int kSubscribers = 2;
constexpr int kFrames = 120;

void allocate(SmartAlloc& alloc, std::atomic<bool>& stop, int seed) {
  std::vector<Block*> mine;
  for (int i = seed; !stop.load(std::memory_order_relaxed); ++i) {
    mine.push_back(alloc.pool_alloc<Block>());
    if (int* const heap = alloc.heap_alloc<int>(static_cast<std::size_t>(i % 7) * 4000 + 1)) {
      alloc.heap_free(heap);
    }
    alloc.begin_thread_frame();
    for (int k = 0; k < 20; ++k) (void)alloc.frame_alloc<Block>();
    alloc.end_thread_frame();
    if (mine.size() > 64) {
      for (Block* block : mine) alloc.pool_free(block);
      mine.clear();
    }
  }
  for (Block* block : mine) alloc.pool_free(block);
}

void subscribe(SmartAlloc& alloc, std::atomic<bool>& stop, std::atomic<std::uint64_t>& heard) {
  for (int i = 0; !stop.load(std::memory_order_relaxed); ++i) {
    const auto ground = std::make_unique<Ground>();
    Ground* const under = ground.get();
    const FrameEventMask mask = i % 2 == 0 ? kAllFrameEvents : kRareFrameEvents;
    Subscription mine = alloc.on_frame_event(
        [&alloc, &heard, under](const FrameEvent&) {
          EXPECT_TRUE(under->alive.load());
          under->inside.fetch_add(1);
          heard.fetch_add(1, std::memory_order_relaxed);
          Block* const block = alloc.pool_alloc<Block>();
          alloc.pool_free(block);
          under->inside.fetch_sub(1);
        },
        mask);
    EXPECT_TRUE(mine);
    for (int spin = 0; spin < 50; ++spin) std::this_thread::yield();
    mine.end();
    // Nobody is in it, and nobody will be: the ground may go.
    EXPECT_EQ(under->inside.load(), 0);
    under->alive.store(false);
  }
}

TEST(EventsStress, SubscribersComeAndGoWhileEightThreadsAllocate) {
  AllocConfig config = AllocConfig::minimal();
  config.checked = true;
  SmartAlloc alloc(config);
  ASSERT_TRUE(alloc.enable_lifecycle_tracking(50));
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> heard{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kAllocators; ++t) {
    threads.emplace_back([&, t] { allocate(alloc, stop, t); });
  }
  for (int t = 0; t < kSubscribers; ++t) {
    threads.emplace_back([&] { subscribe(alloc, stop, heard); });
  }
  // A listener that ends itself, and others, again and again.
  std::mutex mutex;
  std::array<Subscription, 4> shared;
  // On a busy machine the threads may start late: frames go on until one of them has heard one.
  int frame = 0;
  for (; frame < kFrames || heard.load() == 0; ++frame) {
    Subscription& slot = shared[static_cast<std::size_t>(frame) % shared.size()];
    Subscription fresh = alloc.on_frame_event([&](const FrameEvent&) {
      Subscription taken;
      {
        const std::lock_guard lock(mutex);
        taken.swap(shared[0]);
      }
    });
    {
      const std::lock_guard lock(mutex);
      fresh.swap(slot);
    }
    fresh.end();
    alloc.begin_frame();
    (void)alloc.frame_alloc<Block>();
    alloc.end_frame();
    if (frame % 10 == 0) {
      (void)alloc.all_thread_frame_stats();
      (void)alloc.frame_history();
    }
    if (frame % 40 == 39) {
      alloc.disable_lifecycle_tracking();
      ASSERT_TRUE(alloc.enable_lifecycle_tracking(50));
    }
  }
  stop.store(true);
  for (std::thread& thread : threads) thread.join();
  for (Subscription& one : shared) one.end();
  EXPECT_EQ(alloc.frame_number(), static_cast<std::uint64_t>(frame));
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
  EXPECT_EQ(alloc.stats().heap_allocated, 0u);
}

TEST(EventsStress, EndReturnsAfterTheListenerHas) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> entered{false};
    std::atomic<bool> ending{false};
    std::atomic<bool> ended{false};
    Subscription mine = alloc.on_frame_event(
        [&](const FrameEvent&) {
          entered.store(true);
          while (!ending.load()) std::this_thread::yield();
          for (int i = 0; i < 200; ++i) std::this_thread::yield();
          EXPECT_FALSE(ended.load());
        },
        events(FrameEventKind::LargeAllocation));
    std::thread other([&] {
      std::byte* const block = alloc.heap_alloc<std::byte>(100000);
      alloc.heap_free(block);
    });
    while (!entered.load()) std::this_thread::yield();
    ending.store(true);
    mine.end();
    ended.store(true);
    other.join();
  }
}

// Two listeners that end each other, each on its own thread at the same time.
TEST(EventsStress, ListenersThatEndEachOtherDoNotWaitForEachOther) {
  SmartAlloc alloc(AllocConfig::minimal());
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  for (int round = 0; round < 100; ++round) {
    std::array<Subscription, 2> pair;
    std::array<std::atomic<bool>, 2> entered{};
    for (std::size_t i = 0; i < 2; ++i) {
      pair[i] = alloc.on_frame_event(
          [&, i](const FrameEvent& event) {
            // Thread 0 is in listener 0 and thread 1 in listener 1 before either ends the other.
            if (event.size != (i + 1) * 50000 || entered[i].exchange(true)) return;
            while (!entered[1 - i].load()) std::this_thread::yield();
            Subscription taken;
            taken.swap(pair[1 - i]);
          },
          events(FrameEventKind::LargeAllocation));
    }
    std::array<std::thread, 2> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads[i] = std::thread([&, i] {
        std::byte* const block = alloc.heap_alloc<std::byte>((i + 1) * 50000);
        alloc.heap_free(block);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(entered[0].load() && entered[1].load());
  }
}

}  // namespace
}  // namespace framealloc
