// SPDX-License-Identifier: MIT OR Apache-2.0
// An arena that holds its own memory: full is full, and said.
#include <framealloc/fixed_arena.hpp>
#include <framealloc/literals.hpp>

#include "support/report_log.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

struct alignas(128) Wide {
  std::byte bytes[128];
};

TEST(FixedArena, BumpsThroughItsOwnMemory) {
  FixedArena<4_KiB> arena;
  EXPECT_EQ(arena.capacity(), 4096u);
  auto* const first = arena.alloc<int>();
  auto* const second = arena.alloc<double>();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(reinterpret_cast<std::byte*>(second), reinterpret_cast<std::byte*>(first) + kGranule);
  EXPECT_TRUE(arena.contains(first));
  EXPECT_GE(reinterpret_cast<std::byte*>(first), reinterpret_cast<std::byte*>(&arena));
  EXPECT_LT(reinterpret_cast<std::byte*>(second), reinterpret_cast<std::byte*>(&arena + 1));
  EXPECT_EQ(arena.used(), 32u);
  EXPECT_EQ(arena.remaining(), 4096u - 32);
  auto* const wide = arena.alloc<Wide>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide) % 128, 0u);
  void* const page = arena.alloc_bytes(1, 256);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(page) % 256, 0u);
  EXPECT_NE(arena.alloc_bytes(0), nullptr);
}

TEST(FixedArena, IsFullToTheLastByteAndSaysSo) {
  ReportLog log;
  FixedArena<1_KiB> arena(&ReportLog::handler, &log);
  for (int i = 0; i < 16; ++i) {
    auto* const block = arena.alloc<std::byte[64]>();
    ASSERT_NE(block, nullptr);
    std::memset(block, i, 64);
  }
  EXPECT_EQ(log.size(), 0u);
  EXPECT_EQ(arena.alloc<int>(), nullptr);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log.last().code, Code::FA003);
  EXPECT_EQ(log.last().requested, 16u);
  EXPECT_EQ(log.last().available, 0u);
  EXPECT_NE(log.last().file.find("fixed_arena_test"), std::string::npos);
  arena.reset();
  EXPECT_NE(arena.alloc_batch<int>(256), nullptr);
  EXPECT_EQ(arena.high_water(), 1024u);
}

TEST(FixedArena, RefusesWhatOverflows) {
  ReportLog log;
  FixedArena<100> arena(&ReportLog::handler, &log);
  EXPECT_EQ(arena.capacity(), 112u);
  EXPECT_EQ(arena.alloc_batch<long>(SIZE_MAX / 4), nullptr);
  EXPECT_EQ(log.last().code, Code::FA011);
  EXPECT_EQ(arena.alloc_bytes(SIZE_MAX), nullptr);
  EXPECT_EQ(log.last().code, Code::FA011);
  if constexpr (kCheckLevel >= 1) {
    EXPECT_EQ(arena.alloc_bytes(8, 24), nullptr);
    EXPECT_EQ(log.last().code, Code::FA011);
  }
  EXPECT_EQ(arena.used(), 0u);
  EXPECT_EQ(arena.alloc_bytes(1, std::size_t{1} << 40), nullptr);
  EXPECT_EQ(log.last().code, Code::FA003);
}

TEST(FixedArena, ScopesNest) {
  FixedArena<1_KiB> arena;
  FixedArenaBase& base = arena;
  (void)base.alloc<int>();
  {
    const auto outer = base.scope();
    (void)base.alloc_bytes(100);
    {
      const auto inner = base.scope();
      (void)base.alloc_bytes(200);
    }
    EXPECT_EQ(base.used(), 16u + 112);
  }
  EXPECT_EQ(base.used(), 16u);
  EXPECT_EQ(base.high_water(), 16u + 112 + 208);
}

TEST(FixedArena, MayBePartOfAnObjectOnTheHeap) {
  struct Job {
    int id = 0;
    FixedArena<64_KiB> scratch;
  };
  const auto job = std::make_unique<Job>();
  auto* const block = job->scratch.alloc_batch<int>(1000);
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(job->scratch.contains(block));
}

}  // namespace
}  // namespace framealloc
