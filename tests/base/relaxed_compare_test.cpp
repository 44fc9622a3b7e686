// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/base/relaxed_compare.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace framealloc::detail {
namespace {

TEST(RelaxedCompare, HoldsOnlyItsValue) {
  int objects[2] = {};
  const std::atomic<int*> word{&objects[0]};
  EXPECT_TRUE(holds_relaxed(word, &objects[0]));
  EXPECT_FALSE(holds_relaxed(word, &objects[1]));
  EXPECT_FALSE(holds_relaxed(word, static_cast<int*>(nullptr)));
}

TEST(RelaxedCompare, ComparesUnsigned) {
  const std::atomic<std::uintptr_t> zero{0}, middle{1000}, top{UINTPTR_MAX};
  EXPECT_FALSE(exceeds_relaxed(0, zero));
  EXPECT_TRUE(exceeds_relaxed(1, zero));
  EXPECT_TRUE(exceeds_relaxed(UINTPTR_MAX, zero));
  EXPECT_FALSE(exceeds_relaxed(999, middle));
  EXPECT_FALSE(exceeds_relaxed(1000, middle));
  EXPECT_TRUE(exceeds_relaxed(1001, middle));
  EXPECT_FALSE(exceeds_relaxed(UINTPTR_MAX, top));
}

// A loop that looks once and remembers would never end.
TEST(RelaxedCompare, LooksAgainInALoop) {
  std::atomic<std::uintptr_t> limit{UINTPTR_MAX};
  std::thread closer([&] { limit.store(0, std::memory_order_relaxed); });
  std::uint64_t rounds = 0;
  while (!exceeds_relaxed(1, limit)) ++rounds;
  closer.join();
  EXPECT_TRUE(exceeds_relaxed(1, limit)) << rounds;
}

}  // namespace
}  // namespace framealloc::detail
