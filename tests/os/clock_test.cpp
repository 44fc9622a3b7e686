// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/os/clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace framealloc::os {
namespace {

TEST(Clock, NeverGoesBack) {
  std::uint64_t last = now_ns();
  EXPECT_NE(last, 0u);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t now = now_ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Clock, CountsNanoseconds) {
  const std::uint64_t before = now_ns();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_GE(now_ns() - before, 2'000'000u);  // a sleep is never shorter than asked
}

}  // namespace
}  // namespace framealloc::os
