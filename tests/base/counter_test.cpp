// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/base/counter.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace framealloc::detail {
namespace {

TEST(OwnedCounter, CountsUpAndDown) {
  OwnedCounter counter;
  EXPECT_EQ(counter.get(), 0u);
  counter.add(10);
  counter.increment();
  counter.sub(3);
  EXPECT_EQ(counter.get(), 8u);
  counter.set(100);
  counter.increment();
  EXPECT_EQ(counter.get(), 101u);
}

TEST(OwnedCounter, ReadersSeeItRiseAndInTheEndExactly) {
  constexpr std::uint64_t kCount = 100'000;
  OwnedCounter counter;
  std::jthread writer([&counter] {
    for (std::uint64_t i = 0; i < kCount; ++i) counter.increment();
  });
  std::uint64_t last = 0;
  bool rising = true;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t now = counter.get();
    rising = rising && now >= last;
    last = now;
  }
  writer.join();
  EXPECT_TRUE(rising);
  EXPECT_EQ(counter.get(), kCount);
}

}  // namespace
}  // namespace framealloc::detail
