// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads at a limit that ask each other for what they keep ready, all the time.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;

constexpr unsigned kSeed = 20260611;
constexpr unsigned kThreads = 4;
constexpr std::size_t kLimit = 8_KiB;

struct Small {
  std::byte bytes[96];
};

TEST(BudgetRecall, NothingIsLostAndNoLimitIsPassed) {
  SmartAlloc alloc(AllocConfig::minimal().with_budgets().with_report_handler(
      [](const Report&, void*) {}, nullptr));
  alloc.budgets()->set_global_budget(0, kLimit);
  std::atomic<std::uint64_t> denied{0}, passed{0}, wrong{0};
  for (int frame = 0; frame < 8; ++frame) {
    alloc.begin_frame();
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937 random(kSeed + t + static_cast<unsigned>(frame) * kThreads);
        std::vector<Small*> held;
        for (int step = 0; step < 600; ++step) {
          const unsigned what = random() % 16;
          if (what < 7) {
            Small* const block = alloc.pool_alloc<Small>();
            (block == nullptr ? denied : passed).fetch_add(1);
            if (block != nullptr) held.push_back(block);
          } else if (what < 12 && !held.empty()) {
            alloc.pool_free(held.back());
            held.pop_back();
          } else if (what < 15) {
            const FrameScope scope = alloc.frame_scope();
            void* const bytes = alloc.frame_alloc_layout(16 + random() % 2000, 16);
            (bytes == nullptr ? denied : passed).fetch_add(1);
          } else {
            (void)alloc.process_deferred_frees(0);
          }
          if (alloc.budgets()->current_usage() > kLimit) wrong.fetch_add(1);
        }
        for (Small* const block : held) alloc.pool_free(block);
      });
    }
    for (std::thread& thread : threads) thread.join();
    alloc.end_frame();
    EXPECT_EQ(alloc.budgets()->current_usage(), 0u) << "seed " << kSeed << ", frame " << frame;
  }
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_GT(passed.load(), 0u);
  EXPECT_GT(denied.load(), 0u);
}

}  // namespace
}  // namespace framealloc
