// SPDX-License-Identifier: MIT OR Apache-2.0
// Several threads on one Memory: blocks that are freed where they were not made, counts that add up.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace framealloc::c_hooks {
namespace {

struct Slot {};

TEST(CHooksThreads, BlocksTravelBetweenThreadsAndTheCountsAddUp) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kPlaces = 64;
  constexpr int kSteps = 4000;
  const SmartAlloc alloc;
  Memory memory(alloc, "script");
  std::vector<std::atomic<unsigned char*>> places(kPlaces);
  std::atomic<std::size_t> torn{0};
  {
    std::barrier start(static_cast<std::ptrdiff_t>(kThreads));
    std::vector<std::jthread> threads;
    for (std::size_t id = 0; id < kThreads; ++id) {
      threads.emplace_back([&, id] {
        std::mt19937 random(static_cast<std::uint32_t>(id + 1));
        start.arrive_and_wait();
        for (int step = 0; step < kSteps; ++step) {
          const std::size_t size = 16 + random() % (step % 100 == 0 ? 40'000 : 400);
          auto* block = static_cast<unsigned char*>(memory.allocate(size));
          if (block == nullptr) continue;
          block[0] = block[15] = static_cast<unsigned char>(size);
          if (step % 3 == 0) {
            const unsigned char mark = block[15];
            block = static_cast<unsigned char*>(memory.reallocate(block, size + random() % 3000));
            if (block[0] != mark) torn.fetch_add(1);
          }
          unsigned char* const out =
              places[random() % kPlaces].exchange(block, std::memory_order_acq_rel);
          if (out == nullptr) continue;
          if (out[0] != out[15]) torn.fetch_add(1);
          memory.free(out);
        }
      });
    }
  }
  EXPECT_EQ(torn.load(), 0U);
  std::size_t held = 0;
  for (auto& place : places) held += place.load() != nullptr ? 1U : 0U;
  EXPECT_EQ(memory.stats().blocks, held);
  EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("script").heap_bytes);
  EXPECT_GE(memory.stats().peak_bytes, memory.stats().bytes);
  for (auto& place : places) memory.free(place.load());
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_EQ(memory.stats().allocations, memory.stats().frees);
  EXPECT_EQ(alloc.tag_stats("script").heap_bytes, 0U);
}

TEST(CHooksThreads, AnotherThreadMayTakeOverWhereTheFirstHasEnded) {
  const SmartAlloc alloc;
  Memory memory(alloc, "script");
  std::vector<void*> blocks;
  for (int i = 0; i < 6; ++i) {
    std::thread([&] {
      for (void* const block : blocks) memory.free(block);
      blocks.clear();
      for (int k = 0; k < 100; ++k) blocks.push_back(memory.allocate(100));
    }).join();
    EXPECT_EQ(memory.stats().blocks, 100U);
    EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("script").heap_bytes);
  }
  for (void* const block : blocks) memory.free(block);
  EXPECT_EQ(memory.stats().bytes, 0U);
}

TEST(CHooksThreads, AHookServesThreadsWhileOneReadsItsStatistics) {
  using Hook = Global<Slot>;
  const SmartAlloc alloc;
  Memory memory(alloc, "engine");
  ASSERT_TRUE(Hook::install(memory));
  std::atomic<bool> done{false};
  std::jthread reader([&] {
    while (!done.load()) {
      const MemoryStats stats = memory.stats();
      EXPECT_LE(stats.bytes, std::size_t{64} << 20);
    }
  });
  {
    std::vector<std::jthread> threads;
    for (int id = 0; id < 3; ++id) {
      threads.emplace_back([] {
        for (int step = 0; step < 3000; ++step) {
          void* block = Hook::malloc(50);
          block = Hook::realloc(block, 200);
          Hook::free(block);
          Hook::free(std::malloc(20));
        }
      });
    }
  }
  done = true;
  reader.join();
  EXPECT_EQ(memory.stats().foreign, 9000U);
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_EQ(Hook::uninstall(), &memory);
}

}  // namespace
}  // namespace framealloc::c_hooks
