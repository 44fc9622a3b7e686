// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/coordinator/unified_budget.hpp>

#include <framealloc/smart_alloc.hpp>

#include <framealloc/stats.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

namespace framealloc::coordinator {
namespace {

TEST(UnifiedBudget, CountsBothSidesAndTogether) {
  UnifiedBudgetManager budget;
  void* const block = budget.cpu_source().allocate(4096, 64);
  ASSERT_NE(block, nullptr);
  ASSERT_TRUE(budget.gpu_guard().charge(1000));
  EXPECT_EQ(budget.cpu_usage(), 4096U);
  EXPECT_EQ(budget.gpu_usage(), 1000U);
  EXPECT_EQ(budget.cpu_utilization(), 0.0) << "there is no limit";
  EXPECT_TRUE(budget.check_combined_budget(SIZE_MAX - 5096));
  budget.set_limits(UnifiedBudgetManager::with_limits(8192, 2000));
  EXPECT_EQ(budget.limits().combined, 10192U);
  EXPECT_EQ(budget.cpu_utilization(), 0.5);
  EXPECT_EQ(budget.gpu_utilization(), 0.5);
  EXPECT_EQ(budget.combined_utilization(), 0.5);
  budget.cpu_source().deallocate(block, 4096, 64);
  budget.gpu_guard().release(1000);
  EXPECT_EQ(budget.cpu_usage(), 0U);
  EXPECT_EQ(budget.gpu_usage(), 0U);
  EXPECT_EQ(budget.peak_combined_usage(), 5096U);
  EXPECT_EQ(budget.denials(), 0U);
}

TEST(UnifiedBudget, DeniesBeforeItAsksTheUpstream) {
  CountingSource upstream(system_source());
  UnifiedBudgetManager budget({100, 100, 150}, &upstream);
  EXPECT_EQ(budget.cpu_source().allocate(101, 16), nullptr);
  EXPECT_EQ(upstream.requests(), 0U);
  EXPECT_EQ(budget.denials(), 1U);
  void* const block = budget.cpu_source().allocate(100, 16);
  ASSERT_NE(block, nullptr);
  EXPECT_FALSE(budget.check_cpu_budget(1));
  EXPECT_TRUE(budget.check_gpu_budget(50));
  EXPECT_FALSE(budget.check_gpu_budget(51)) << "both together";
  EXPECT_FALSE(budget.gpu_guard().charge(51));
  EXPECT_EQ(budget.gpu_usage(), 0U) << "a denied request leaves nothing";
  EXPECT_TRUE(budget.gpu_guard().charge(50));
  EXPECT_EQ(budget.combined_utilization(), 1.0);
  EXPECT_FALSE(budget.gpu_guard().charge(SIZE_MAX));
  budget.set_limits({100, 100, 120});
  EXPECT_FALSE(budget.gpu_guard().charge(1)) << "below what is held: denies growth";
  budget.gpu_guard().release(50);
  EXPECT_TRUE(budget.gpu_guard().charge(20));
  budget.gpu_guard().release(20);
  budget.cpu_source().deallocate(block, 100, 16);
  EXPECT_EQ(budget.denials(), 4U);
  EXPECT_EQ(upstream.bytes_in_use(), 0U);
}

TEST(UnifiedBudget, GivesBackWhatTheUpstreamDenied) {
  NullSource nothing;
  UnifiedBudgetManager budget({}, &nothing);
  EXPECT_EQ(budget.cpu_source().allocate(100, 16), nullptr);
  EXPECT_EQ(budget.cpu_usage(), 0U);
  EXPECT_EQ(budget.denials(), 0U) << "no limit has denied";
}

TEST(UnifiedBudget, AnAllocatorOnItIsDeniedAndGivesEverythingBack) {
  UnifiedBudgetManager budget({std::size_t{4} << 20, 0, 0});
  {
    AllocConfig config;
    config.upstream = &budget.cpu_source();
    config.on_report = [](const Report&, void*) {};
    SmartAlloc alloc(config);
    ASSERT_TRUE(alloc);
    EXPECT_EQ(alloc.stats().reserved, budget.cpu_usage());
    EXPECT_EQ(alloc.heap_alloc<std::byte>(std::size_t{8} << 20), nullptr);
    EXPECT_GE(budget.denials(), 1U);
    EXPECT_LE(budget.cpu_usage(), std::size_t{4} << 20);
  }
  EXPECT_EQ(budget.cpu_usage(), 0U);
}

// Hands out one address, at once.
class InstantSource final : public MemorySource {
 public:
  void* allocate(std::size_t, std::size_t) noexcept override { return &byte_; }
  void deallocate(void*, std::size_t, std::size_t) noexcept override {}
  std::string_view name() const noexcept override { return "instant"; }

 private:
  std::byte byte_{};
};

// Each side has room, and there is room for one of them: who loses the race leaves nothing behind.
TEST(UnifiedBudget, TheLoserOfARaceLeavesNothingOnItsSide) {
  InstantSource upstream;
  UnifiedBudgetManager budget({10, 10, 10}, &upstream);
  constexpr int kRounds = 100'000;
  std::thread other([&budget] {
    for (int round = 0; round < kRounds; ++round) {
      if (budget.gpu_guard().charge(6)) budget.gpu_guard().release(6);
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    void* const block = budget.cpu_source().allocate(6, 16);
    if (block != nullptr) budget.cpu_source().deallocate(block, 6, 16);
  }
  other.join();
  EXPECT_EQ(budget.cpu_usage(), 0U);
  EXPECT_EQ(budget.gpu_usage(), 0U);
  EXPECT_EQ(budget.peak_combined_usage(), 6U);
  EXPECT_TRUE(budget.check_cpu_budget(10));
  EXPECT_TRUE(budget.check_gpu_budget(10));
}

TEST(UnifiedBudget, NoThreadPassesALimit) {
  static constexpr UnifiedLimits kLimits{10000, 12000, 15000};
  UnifiedBudgetManager budget(kLimits);
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&budget, &over, seed] {
      std::minstd_rand random(seed + 1);
      std::vector<std::size_t> held;
      for (int round = 0; round < 5000; ++round) {
        const std::size_t bytes = random() % 3000;
        if (random() % 2 == 0 && budget.gpu_guard().charge(bytes)) held.push_back(bytes);
        if (held.size() > 3) {
          budget.gpu_guard().release(held.back());
          held.pop_back();
        }
        if (void* const block = budget.cpu_source().allocate(bytes + 1, 16); block != nullptr) {
          budget.cpu_source().deallocate(block, bytes + 1, 16);
        }
        if (budget.cpu_usage() > kLimits.cpu || budget.gpu_usage() > kLimits.gpu) over = true;
      }
      for (const std::size_t bytes : held) budget.gpu_guard().release(bytes);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(over);
  EXPECT_LE(budget.peak_combined_usage(), kLimits.combined);
  EXPECT_GT(budget.denials(), 0U);
  EXPECT_EQ(budget.cpu_usage(), 0U);
  EXPECT_EQ(budget.gpu_usage(), 0U);
  EXPECT_EQ(budget.combined_utilization(), 0.0);
}

}  // namespace
}  // namespace framealloc::coordinator
