// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads that outlive allocators, allocators that outlive threads, many of either.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <pthread.h>
#endif

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

AllocConfig small(ReportLog& log) {
  return AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
}

TEST(Lifetime, AThreadMayOutliveTheAllocator) {
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  std::optional<SmartAlloc> alloc(small(log).with_upstream(&counting));
  std::barrier step(2);
  std::thread worker([&] {
    for (int round = 0; round < 5; ++round) {
      step.arrive_and_wait();
      ASSERT_NE(alloc->frame_alloc<int>(), nullptr);
      std::uint64_t* kept = alloc->pool_alloc<std::uint64_t>();
      ASSERT_NE(kept, nullptr);
      alloc->pool_free(kept);
      step.arrive_and_wait();
      step.arrive_and_wait();  // the allocator is gone, and another one is there
    }
  });
  for (int round = 0; round < 5; ++round) {
    alloc->begin_frame();
    step.arrive_and_wait();
    step.arrive_and_wait();
    alloc.reset();
    EXPECT_EQ(counting.live_blocks(), 0u);
    alloc.emplace(small(log).with_upstream(&counting));
    step.arrive_and_wait();
  }
  worker.join();
  alloc.reset();
  EXPECT_EQ(counting.live_blocks(), 0u);
  EXPECT_EQ(log.size(), 0u);
}

// A thread that only frees has a state like any other: it collects batches, and hands it back.
TEST(Lifetime, AThreadThatOnlyFreesIsAttached) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  std::vector<std::uint64_t*> blocks;
  for (int i = 0; i < 30; ++i) blocks.push_back(alloc.pool_alloc<std::uint64_t>());
  std::byte* const heap = alloc.heap_alloc<std::byte>(100);
  std::thread([&] {
    alloc.pool_free<int>(nullptr);
    EXPECT_EQ(alloc.stats().attached_threads, 1u) << "null is nothing to be attached for";
    for (std::uint64_t* block : blocks) alloc.pool_free(block);
    alloc.heap_free(heap);
    EXPECT_EQ(alloc.stats().attached_threads, 2u);
    EXPECT_EQ(alloc.deferred_stats().total_queued, 0u) << "less than a batch";
  }).join();
  EXPECT_EQ(alloc.stats().attached_threads, 1u);
  EXPECT_EQ(alloc.deferred_stats().total_queued, 31u);
  EXPECT_EQ(alloc.stats().total_allocated, 0u);
  EXPECT_EQ(log.size(), 0u);
}

// Without memory for its state it frees all the same, and nobody has to hear of it.
TEST(Lifetime, AThreadThatOnlyFreesNeedsNoMemory) {
  ReportLog log;
  SmartAlloc alloc(small(log).with_memory_limit(2_MiB));
  std::vector<std::uint64_t*> blocks;
  while (std::uint64_t* block = alloc.pool_alloc<std::uint64_t>()) blocks.push_back(block);
  const std::size_t denials = log.size();
  std::thread([&] {
    for (std::uint64_t* block : blocks) alloc.pool_free(block);
    EXPECT_EQ(alloc.stats().pool_allocated, 0u);
  }).join();
  EXPECT_EQ(log.size(), denials);
}

#if defined(__linux__)
// A destructor of the thread that runs after its states went back: what it needs goes back as well.
TEST(Lifetime, AFreeAfterTheThreadsStatesWentIsHandedBackToo) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  struct Late {
    SmartAlloc& alloc;
    std::uint64_t* block;
    pthread_key_t key;
    int rounds;
  } late{alloc, alloc.pool_alloc<std::uint64_t>(), 0, 0};
  ASSERT_EQ(pthread_key_create(&late.key,
                               [](void* value) {
                                 auto& self = *static_cast<Late*>(value);
                                 if (++self.rounds < 2) {
                                   (void)pthread_setspecific(self.key, value);
                                 } else {
                                   self.alloc.pool_free(self.block);
                                 }
                               }),
            0);
  std::thread([&] {
    alloc.pool_free(alloc.pool_alloc<int>());
    (void)pthread_setspecific(late.key, &late);
  }).join();
  EXPECT_EQ(late.rounds, 2);
  EXPECT_EQ(alloc.deferred_stats().total_queued, 1u);
  EXPECT_EQ(alloc.stats().attached_threads, 1u);
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
  EXPECT_EQ(pthread_key_delete(late.key), 0);
  EXPECT_EQ(log.size(), 0u);
}
#endif

TEST(Lifetime, AnAllocatorMayOutliveItsThreads) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  std::vector<std::uint64_t*> blocks;
  for (std::uint64_t i = 0; i < 50; ++i) {
    std::thread([&] {
      for (std::uint64_t k = 0; k < 20; ++k) {
        blocks.push_back(alloc.pool_alloc<std::uint64_t>());
        *blocks.back() = i * 20 + k;
      }
    }).join();
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    ASSERT_EQ(*blocks[i], i);
    alloc.pool_free(blocks[i]);
  }
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
  EXPECT_EQ(log.size(), 0u);
}

TEST(Lifetime, TwoThousandShortThreadsDoNotGrowIt) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  const auto one = [&] {
    std::thread([&] {
      std::memset(alloc.frame_alloc<char[1000]>(), 1, 1000);
      auto* block = alloc.pool_alloc<std::uint64_t[8]>();
      ASSERT_NE(block, nullptr);
      alloc.pool_free(block);
      alloc.heap_free(alloc.heap_alloc<char>(100));
    }).join();
  };
  std::size_t reserved = 0;
  for (int i = 0; i < 2000; ++i) {
    if (i % 10 == 0) alloc.begin_frame();
    one();
    if (i % 10 == 9) alloc.end_frame();
    if (i == 100) reserved = alloc.stats().reserved;
  }
  EXPECT_LE(alloc.stats().reserved, reserved);
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
  EXPECT_EQ(alloc.stats().heap_allocated, 0u);
}

TEST(Lifetime, ShortThreadsWithFramesOfTheirOwnDoNotGrowIt) {
  ReportLog log;
  for (unsigned k = 1; k <= 3; ++k) {
    SmartAlloc alloc(small(log).with_frames_in_flight(k));
    std::size_t reserved = 0;
    for (int i = 0; i < 200; ++i) {
      std::thread([&] {
        for (int frame = 0; frame < 3; ++frame) {
          alloc.begin_thread_frame();
          ASSERT_NE(alloc.frame_alloc<char[1000]>(), nullptr);
          alloc.end_thread_frame();
        }
      }).join();
      if (i == 20) reserved = alloc.stats().reserved;
    }
    EXPECT_LE(alloc.stats().reserved, reserved) << k;
    EXPECT_EQ(alloc.stats().frame_allocated, 0u) << k;
  }
}

TEST(Lifetime, AnIdleThreadReservesLittleBeforeItsFirstAllocation) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  (void)alloc.frame_alloc<int>();
  const std::size_t before = alloc.stats().reserved;
  constexpr std::size_t kThreads = 32;
  std::barrier step(kThreads + 1);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      (void)alloc.frame_arena();  // attached, and nothing more
      step.arrive_and_wait();
      step.arrive_and_wait();
    });
  }
  step.arrive_and_wait();
  const AllocStats stats = alloc.stats();
  step.arrive_and_wait();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stats.attached_threads, kThreads + 1);
  std::printf("reserved per attached thread: %zu B\n", (stats.reserved - before) / kThreads);
  EXPECT_LE((stats.reserved - before) / kThreads, 64_KiB);
}

TEST(Lifetime, AThreadLocalHandleOutlivesItsThreadsOtherState) {
  // Destroyed by the thread's own exit, after or before the library's record of the thread.
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  for (int i = 0; i < 20; ++i) {
    std::thread([&] {
      thread_local std::optional<SmartAlloc> alloc;
      alloc.emplace(small(log).with_upstream(&counting));
      alloc->begin_frame();
      EXPECT_NE(alloc->frame_alloc<int>(), nullptr);
      EXPECT_NE(alloc->frame_new<std::string>("a text that is too long for small strings"),
                nullptr);
    }).join();
    EXPECT_EQ(counting.live_blocks(), 0u);
  }
}

TEST(Lifetime, FrameMemoryOfAThreadThatEndedComesBack) {
  ReportLog log;
  SmartAlloc alloc(small(log));
  alloc.begin_frame();
  std::vector<std::thread> threads;
  std::barrier all(16);
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      all.arrive_and_wait();  // sixteen at once, so that sixteen states are made
      std::memset(alloc.frame_alloc<char[200000]>(), 1, 200000);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::size_t spike = alloc.stats().reserved;
  alloc.end_frame();
  for (int i = 0; i < 60; ++i) {
    alloc.begin_frame();
    (void)alloc.frame_alloc<int>();
    alloc.end_frame();
  }
  EXPECT_LT(alloc.stats().reserved + 16 * 128_KiB, spike);
}

// What an object of a thread's last frame owns dies while the thread hands its states back.
TEST(Lifetime, AnAllocatorOwnedByAFrameObjectDiesWithItsThread) {
  struct Job {
    SmartAlloc own;
    explicit Job(ReportLog& log) : own(small(log)) { (void)own.pool_alloc<int>(); }
    ~Job() { (void)own.stats(); }
  };
  ReportLog log;
  SmartAlloc alloc(small(log));
  for (int round = 0; round < 3; ++round) {
    std::thread([&] {
      alloc.begin_thread_frame();
      EXPECT_NE(alloc.frame_new<Job>(log), nullptr);
      EXPECT_NE(alloc.frame_new<Job>(log), nullptr);
    }).join();
  }
}

TEST(Lifetime, TheLastHandleMayLieInTheFrameOfAThreadThatEnds) {
  struct Holder {
    SmartAlloc handle;
  };
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  for (int round = 0; round < 3; ++round) {
    std::thread([&] {
      auto alloc = std::make_unique<SmartAlloc>(small(log).with_upstream(&counting));
      alloc->begin_thread_frame();
      EXPECT_NE(alloc->frame_new<Holder>(Holder{*alloc}), nullptr);
      alloc.reset();
    }).join();
    EXPECT_EQ(counting.live_blocks(), 0u);
  }
}

// Each of two threads, ending, destroys an allocator in which the other has a state.
TEST(Lifetime, ThreadsThatEndDestroyEachOthersAllocators) {
  ReportLog log;
  for (int round = 0; round < 20; ++round) {
    std::optional<SmartAlloc> alloc(small(log));
    std::shared_ptr<SmartAlloc> owned[2];
    for (auto& one : owned) one = std::make_shared<SmartAlloc>(small(log));
    std::barrier step(2);
    const auto run = [&](std::size_t mine) {
      struct Owner {
        std::shared_ptr<SmartAlloc> owned;
      };
      alloc->begin_thread_frame();
      (void)owned[1 - mine]->pool_alloc<int>();
      step.arrive_and_wait();
      EXPECT_NE(alloc->frame_new<Owner>(std::move(owned[mine])), nullptr);
      step.arrive_and_wait();
    };
    std::thread first(run, std::size_t{0});
    std::thread second(run, std::size_t{1});
    first.join();
    second.join();
  }
}

}  // namespace
}  // namespace framealloc
