// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the bookkeeping of OffsetAllocator comes from, what it costs, and what happens without it.
#include <framealloc/gpu/offset_allocator.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace framealloc::gpu {
namespace {

constexpr std::uint64_t kSize = std::uint64_t{1} << 32;
constexpr int kRanges = 3000;  // more than the first table of pieces can name

bool same(const OffsetStats& a, const OffsetStats& b) {
  return a.used == b.used && a.free == b.free && a.largest_free == b.largest_free &&
         a.allocations == b.allocations && a.free_regions == b.free_regions;
}

TEST(OffsetBookkeeping, SaysThatThereIsNoMemory) {
  NullSource nothing;
  const auto denied = OffsetAllocator::create(kSize, {.source = &nothing, .reserve = 77});
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, Code::FA012);
  EXPECT_NE(denied.error().message.view().find("77 ranges"), std::string_view::npos);
}

TEST(OffsetBookkeeping, TakesEverythingFromTheSourceAndGivesItBack) {
  CountingSource source(system_source());
  {
    OffsetAllocator allocator = OffsetAllocator::create(kSize, {.source = &source}).value();
    const std::size_t empty = source.bytes_in_use();
    EXPECT_GT(empty, 0U);
    EXPECT_LT(empty, 20'000U);
    for (std::size_t live = 1; live <= 100'000; ++live) {
      ASSERT_TRUE(allocator.allocate(16));
      if (live < 512) continue;
      // What was made ahead included, and the tables that find it.
      ASSERT_LE(source.bytes_in_use() - empty, live * 64) << live;
    }
    EXPECT_LT(source.requests(), 100U) << "it grows in pieces";
    EXPECT_TRUE(allocator.validate());

    OffsetAllocator other = OffsetAllocator::create(kSize, {.source = &source}).value();
    other = std::move(allocator);
    OffsetAllocator last(std::move(other));
    EXPECT_EQ(last.stats().allocations, 100'000U);
  }
  EXPECT_EQ(source.bytes_in_use(), 0U);
  EXPECT_EQ(source.live_blocks(), 0U);
}

TEST(OffsetBookkeeping, WhatIsReservedNeedsNoMemoryLater) {
  for (const std::uint32_t reserve : {0U, 1U, 64U, 65U, 5000U}) {
    CountingSource source(system_source());
    OffsetAllocator allocator =
        OffsetAllocator::create(kSize, {.source = &source, .reserve = reserve}).value();
    EXPECT_EQ(source.requests(), 1U);
    for (std::uint32_t i = 0; i < reserve; ++i) ASSERT_TRUE(allocator.allocate(10, 16));
    EXPECT_EQ(source.requests(), 1U) << reserve;
    EXPECT_TRUE(allocator.validate());
  }
}

TEST(OffsetBookkeeping, ANodeThatIsFreedIsUsedAgain) {
  CountingSource source(system_source());
  OffsetAllocator allocator = OffsetAllocator::create(kSize, {.source = &source}).value();
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(allocator.free(allocator.allocate(1)));
  allocator.reset();
  EXPECT_EQ(source.requests(), 1U);
}

// Allocates, with frees between, until `ranges` are live. Where the source fails, the allocator
// denies once, nothing has changed, and the next request is granted if the source has memory again.
int fill(OffsetAllocator& allocator, const FailingSource& source, bool sticky) {
  int denied = 0;
  std::vector<OffsetRange> live;
  for (int i = 0; live.size() < kRanges && denied < 10; ++i) {
    if (i % 7 == 6) {
      EXPECT_TRUE(allocator.free(live[live.size() / 2]));
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(live.size() / 2));
    }
    const OffsetStats before = allocator.stats();
    const std::uint64_t failures = source.failures();
    const OffsetRange range = allocator.allocate(100, 64);
    EXPECT_EQ(static_cast<bool>(range), source.failures() == failures);
    if (range) {
      live.push_back(range);
      continue;
    }
    ++denied;
    EXPECT_TRUE(same(allocator.stats(), before));
    EXPECT_TRUE(allocator.validate());
    if (sticky) {  // a free needs no memory, and makes room for one more range
      EXPECT_TRUE(allocator.free(live.back()));
      live.back() = allocator.allocate(100, 64);
      EXPECT_TRUE(live.back());
    }
  }
  for (const OffsetRange range : live) EXPECT_TRUE(allocator.free(range));
  EXPECT_TRUE(allocator.validate());
  EXPECT_EQ(allocator.stats().free_regions, 1U);
  return denied;
}

TEST(OffsetBookkeeping, SurvivesTheFailureOfEachRequest) {
  for (const bool sticky : {false, true}) {
    int failing = 0;
    for (std::uint64_t n = 1;; ++n) {
      ASSERT_LT(n, 1000U);
      CountingSource counting(system_source());
      FailingSource source(counting, n, sticky);
      {
        auto made = OffsetAllocator::create(kSize, {.source = &source});
        if (!made) {
          EXPECT_EQ(made.error().code, Code::FA012);
          EXPECT_EQ(n, 1U);
          continue;
        }
        OffsetAllocator allocator = std::move(made).value();
        const int denied = fill(allocator, source, sticky);
        if (source.failures() == 0) break;
        EXPECT_EQ(denied, sticky ? 10 : 1) << n;
        ++failing;
      }
      EXPECT_EQ(counting.bytes_in_use(), 0U);
    }
    EXPECT_GT(failing, 10);
  }
}

}  // namespace
}  // namespace framealloc::gpu
