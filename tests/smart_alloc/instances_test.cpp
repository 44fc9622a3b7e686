// SPDX-License-Identifier: MIT OR Apache-2.0
// Allocators share nothing, however many there are.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

AllocConfig small(ReportLog& log) {
  return AllocConfig::minimal().with_frame_arena_size(64_KiB).with_report_handler(
      &ReportLog::handler, &log);
}

TEST(Instances, ExhaustingOneLeavesTheOtherAlone) {
  ReportLog log;
  SmartAlloc one(small(log).with_frame_overflow(FrameOverflow::Fail));
  SmartAlloc two(small(log).with_frame_overflow(FrameOverflow::Fail));
  one.begin_frame();
  two.begin_frame();
  while (one.frame_alloc<char[64]>() != nullptr) {
  }
  for (std::size_t i = 0; i < 64_KiB / 64; ++i) ASSERT_NE(two.frame_alloc<char[64]>(), nullptr);
  EXPECT_EQ(two.frame_alloc<char[64]>(), nullptr);
}

TEST(Instances, EndingAFrameOfOneLeavesTheOthersMemory) {
  ReportLog log;
  SmartAlloc one(small(log));
  SmartAlloc two(small(log));
  one.begin_frame();
  two.begin_frame();
  auto* kept = two.frame_alloc<unsigned char[1000]>();
  std::memset(kept, 0xA7, 1000);
  for (int i = 0; i < 10; ++i) {
    auto* other = one.frame_alloc<unsigned char[1000]>();
    ASSERT_NE(other, nullptr);
    std::memset(other, i, 1000);
    one.end_frame();
    one.begin_frame();
  }
  for (const unsigned char byte : *kept) ASSERT_EQ(byte, 0xA7);
  EXPECT_TRUE(two.in_frame());
  EXPECT_EQ(two.frame_number(), 1u);
  EXPECT_EQ(one.frame_number(), 11u);
  EXPECT_EQ(two.stats().frame_allocated, 1008u);
}

TEST(Instances, TagsBudgetsAndPhasesAreTheirOwn) {
  ReportLog log;
  SmartAlloc one(small(log).with_budgets());
  SmartAlloc two(small(log).with_budgets());
  one.begin_frame();
  two.begin_frame();
  ASSERT_TRUE(one.budgets()->register_tag_budget("t", 0, 256));
  const TagScope scope_one = one.tag_scope("t");
  const TagScope scope_two = two.tag_scope("t");
  EXPECT_EQ(one.frame_alloc<char[512]>(), nullptr);
  EXPECT_NE(two.frame_alloc<char[512]>(), nullptr);
  EXPECT_EQ(one.tag_stats("t").frame_bytes, 0u);
  EXPECT_EQ(two.tag_stats("t").frame_bytes, 512u);
}

TEST(Instances, FortyAtOnceAllWorkOnEveryThread) {
  ReportLog log;
  std::vector<SmartAlloc> all;
  for (int i = 0; i < 40; ++i) all.emplace_back(small(log));
  for (SmartAlloc& each : all) each.begin_frame();
  const auto use = [&all](int salt) {
    std::vector<unsigned char*> blocks;
    std::vector<std::uint64_t*> pooled;
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (int k = 0; k < 3; ++k) {
        auto* block = reinterpret_cast<unsigned char*>(all[i].frame_alloc<char[100]>());
        ASSERT_NE(block, nullptr) << i;
        std::memset(block, static_cast<int>(i) + salt + k, 100);
        blocks.push_back(block);
      }
      pooled.push_back(all[i].pool_alloc<std::uint64_t>());
      ASSERT_NE(pooled.back(), nullptr);
      *pooled.back() = i;
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto expected =
          static_cast<unsigned char>(static_cast<int>(i / 3) + salt + static_cast<int>(i % 3));
      EXPECT_EQ(blocks[i][0], expected);
      EXPECT_EQ(blocks[i][99], expected);
    }
    for (std::size_t i = 0; i < pooled.size(); ++i) {
      EXPECT_EQ(*pooled[i], i);
      all[i].pool_free(pooled[i]);
    }
  };
  use(1);
  std::thread(use, 50).join();
  for (SmartAlloc& each : all) {
    EXPECT_EQ(each.stats().frame_allocated, 6u * 112);
    EXPECT_EQ(each.stats().pool_allocated, 0u);
    each.end_frame();
    EXPECT_EQ(each.frame_alloc<int>(), nullptr);
  }
  // Freed slots serve the next ones, in whatever order they went.
  all.erase(all.begin() + 5, all.begin() + 20);
  for (int i = 0; i < 15; ++i) all.emplace_back(small(log));
  for (SmartAlloc& each : all) {
    each.begin_frame();
    EXPECT_NE(each.frame_alloc<int>(), nullptr);
    each.end_frame();
  }
}

TEST(Instances, HandlesShareOneAllocator) {
  ReportLog log;
  SmartAlloc one(small(log));
  SmartAlloc copy = one;
  EXPECT_TRUE(one == copy);
  copy.begin_frame();
  EXPECT_TRUE(one.in_frame());
  int* value = one.frame_alloc<int>();
  *value = 5;
  SmartAlloc moved = std::move(one);
  EXPECT_FALSE(one);
  EXPECT_EQ(one.frame_alloc<int>(), nullptr);
  EXPECT_TRUE(moved == copy);
  copy = SmartAlloc(small(log));
  EXPECT_EQ(*value, 5);
  moved.end_frame();
}

TEST(Instances, ComeAndGoWithoutGrowth) {
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  for (int i = 0; i < 200; ++i) {
    SmartAlloc alloc(small(log).with_upstream(&counting));
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc<int>(), nullptr);
    alloc.pool_free(alloc.pool_alloc<int>());
    if (i % 2 == 0) alloc.end_frame();
  }
  EXPECT_EQ(counting.live_blocks(), 0u);
  EXPECT_EQ(counting.bytes_in_use(), 0u);
  EXPECT_EQ(log.size(), 0u);
}

}  // namespace
}  // namespace framealloc
