// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory: what it hands out, what it counts, and where blocks go that are not its own.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

namespace framealloc::c_hooks {
namespace {

enum class Mode { Plain, Checked, Poison, Pages };

class CHooksMemory : public ::testing::TestWithParam<Mode> {
 protected:
  static AllocConfig config(framealloc::testing::ReportLog& log) {
    AllocConfig config =
        AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log);
    config.checked = GetParam() != Mode::Plain;
    if (GetParam() == Mode::Poison) config.guard = GuardMode::Poison;
    if (GetParam() == Mode::Pages) config.guard = GuardMode::Pages;
    config.enable_budgets = true;
    return config;
  }
  [[nodiscard]] std::size_t heap_bytes() const { return alloc.tag_stats("game::lua").heap_bytes; }
  void expect_exact(const Memory& memory) const { EXPECT_EQ(memory.stats().bytes, heap_bytes()); }
  framealloc::testing::ReportLog log;
  SmartAlloc alloc{config(log)};
  static constexpr std::array<std::size_t, 9> kSizes{0,      1,       100,       4000,     8192,
                                                     20'000, 300'000, 3'000'000, 9'000'000};
};

void fill(void* block, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    static_cast<unsigned char*>(block)[i] = static_cast<unsigned char>(i * 7 + 3);
  }
}
bool holds(const void* block, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (static_cast<const unsigned char*>(block)[i] != static_cast<unsigned char>(i * 7 + 3)) {
      return false;
    }
  }
  return true;
}

TEST_P(CHooksMemory, HandsOutBlocksUnderItsTagAndTakesThemBackWithoutTheirSize) {
  Memory memory(alloc, "game::lua");
  EXPECT_EQ(memory.tag(), "game::lua");
  EXPECT_TRUE(memory.allocator() == alloc);
  std::vector<void*> blocks;
  for (const std::size_t size : kSizes) {
    for (const std::size_t alignment : {std::size_t{16}, std::size_t{64}, std::size_t{4096}}) {
      void* const block = memory.allocate(size, alignment);
      ASSERT_NE(block, nullptr) << size;
      EXPECT_TRUE(is_aligned(block, alignment));
      EXPECT_GE(memory.size_of(block), std::max<std::size_t>(size, 1));
      EXPECT_TRUE(memory.owns(block));
      fill(block, size);
      blocks.push_back(block);
      expect_exact(memory);
    }
  }
  MemoryStats stats = memory.stats();
  EXPECT_EQ(stats.blocks, blocks.size());
  EXPECT_EQ(stats.allocations, blocks.size());
  EXPECT_EQ(stats.peak_bytes, stats.bytes);
  const std::size_t most = stats.bytes;
  for (void* const block : blocks) memory.free(block);
  memory.free(nullptr);
  stats = memory.stats();
  EXPECT_EQ(stats.bytes, 0U);
  EXPECT_EQ(stats.peak_bytes, most);
  EXPECT_EQ(stats.blocks, 0U);
  EXPECT_EQ(stats.frees, blocks.size());
  EXPECT_EQ(stats.foreign, 0U);
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  EXPECT_TRUE(alloc.leak_report().empty());
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

TEST_P(CHooksMemory, ZeroedMemoryIsZeroAndAnOverflowIsDenied) {
  Memory memory(alloc, "game::lua");
  void* const dirty = memory.allocate(1000);
  std::memset(dirty, 0xFF, 1000);
  memory.free(dirty);
  auto* const block = static_cast<unsigned char*>(memory.allocate_zeroed(100, 10));
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(std::all_of(block, block + 1000, [](unsigned char c) { return c == 0; }));
  memory.free(block);
  EXPECT_EQ(memory.allocate_zeroed(SIZE_MAX / 2, 3), nullptr);
  EXPECT_EQ(zlib_alloc(&memory, 0, 0) == nullptr, false) << "0 bytes get a block";
  EXPECT_EQ(memory.stats().denials, 1U);
  EXPECT_EQ(log.count(Code::FA011), 1U);
}

TEST_P(CHooksMemory, ShrinkingStaysInPlaceWhateverTheBudget) {
  Memory memory(alloc, "game::lua");
  for (const std::size_t size : kSizes) {
    void* const block = memory.allocate(size);
    ASSERT_NE(block, nullptr);
    fill(block, size);
    // Not a byte more may be charged from here on.
    alloc.budgets()->register_tag_budget("game::lua", 0, 1);
    std::size_t steps = 0;
    for (std::size_t now = size; now > 1; now /= 3) {
      ASSERT_EQ(memory.reallocate(block, now), block) << size << " to " << now;
      ASSERT_TRUE(holds(block, now));
      EXPECT_GE(memory.size_of(block), now);
      expect_exact(memory);
      ++steps;
    }
    EXPECT_EQ(lua_alloc(&memory, block, size, 1), block);
    EXPECT_GE(memory.stats().in_place, steps);
    EXPECT_EQ(memory.stats().denials, 0U);
    memory.free(block);
    alloc.budgets()->register_tag_budget("game::lua", 0, 0);
  }
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(heap_bytes(), 0U);
}

TEST_P(CHooksMemory, ADeniedReallocationLeavesTheBlock) {
  Memory memory(alloc, "game::lua");
  void* const block = memory.allocate(100);
  fill(block, 100);
  alloc.budgets()->register_tag_budget("game::lua", 0, 200'000);
  EXPECT_EQ(memory.reallocate(block, 1'000'000), nullptr);
  EXPECT_EQ(lua_alloc(&memory, block, 100, 1'000'000), nullptr);
  EXPECT_EQ(memory.allocate(1'000'000), nullptr);
  EXPECT_EQ(memory.stats().denials, 3U);
  EXPECT_EQ(memory.stats().blocks, 1U);
  EXPECT_TRUE(holds(block, 100));
  EXPECT_EQ(log.count(Code::FA311), 3U);
  memory.free(block);
  EXPECT_EQ(heap_bytes(), 0U);
}

// Every size after every other, with the sizes passed and without: content, counts and stats.
TEST_P(CHooksMemory, ReallocationKeepsWhatBothHaveRoomForAndCounts) {
  Memory memory(alloc, "game::lua");
  constexpr std::uint32_t kSeed = 20261129;
  std::mt19937 random(kSeed);
  struct Held {
    void* block;
    std::size_t size;
  };
  std::vector<Held> held;
  for (int step = 0; step < 3000; ++step) {
    const std::size_t size = std::size_t{1} << (random() % (step % 50 == 0 ? 22 : 14));
    const std::size_t wanted = size + random() % size;
    if (held.size() < 40) {
      void* const block = lua_alloc(&memory, nullptr, 5, wanted);
      ASSERT_NE(block, nullptr);
      fill(block, wanted);
      held.push_back({block, wanted});
      continue;
    }
    Held& one = held[random() % held.size()];
    void* const block = step % 2 == 0 ? lua_alloc(&memory, one.block, one.size, wanted)
                                      : realloc_with(&memory, one.block, wanted);
    ASSERT_NE(block, nullptr);
    ASSERT_TRUE(holds(block, std::min(one.size, wanted))) << "seed " << kSeed << " step " << step;
    if (wanted <= one.size) {
      EXPECT_EQ(block, one.block);
    }
    fill(block, wanted);
    one = {block, wanted};
    if (step % 3 == 0) {
      EXPECT_EQ(lua_alloc(&memory, one.block, one.size, 0), nullptr);
      one = held.back();
      held.pop_back();
    }
    expect_exact(memory);
    EXPECT_EQ(memory.stats().blocks, held.size());
  }
  for (const Held& one : held) free_with(&memory, one.block);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(heap_bytes(), 0U);
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

// What a fallback was called with.
struct Foreign {
  inline static std::vector<void*> freed;
  inline static std::size_t resized;
  static void free(void* block) {
    freed.push_back(block);
    std::free(block);
  }
  static void* reallocate(void* block, std::size_t size) {
    ++resized;
    return std::realloc(block, size);
  }
};

TEST_P(CHooksMemory, ForeignBlocksGoToTheFallbackByTheirAddressAlone) {
  Foreign::freed.clear();
  Foreign::resized = 0;
  Memory memory(alloc, "game::lua", Fallback{&Foreign::reallocate, &Foreign::free});
  void* const kept = memory.allocate(100);
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{5'000'000}}) {
    void* block = std::malloc(size);
    EXPECT_FALSE(memory.owns(block));
    EXPECT_EQ(memory.size_of(block), 0U);
    block = memory.reallocate(block, size * 2);
    ASSERT_NE(block, nullptr);
    EXPECT_FALSE(memory.owns(block)) << "it stays the C library's";
    // A Lua state's that changed its allocator. Growing is the fallback's, whatever the granule.
    block = lua_alloc(&memory, block, size * 2, size * 2 + 1);
    memory.free(block);
    EXPECT_EQ(Foreign::freed.back(), block);
  }
  EXPECT_EQ(Foreign::resized, 6U);
  // Nothing is read there: these are addresses that fault.
  EXPECT_FALSE(memory.owns(reinterpret_cast<void*>(std::uintptr_t{64})));
  EXPECT_EQ(memory.size_of(reinterpret_cast<void*>(~std::uintptr_t{63})), 0U);
  EXPECT_EQ(memory.stats().foreign, 9U);
  EXPECT_EQ(memory.stats().blocks, 1U);
  memory.free(kept);
  EXPECT_EQ(log.size(), 0U) << log.last().message;
}

TEST_P(CHooksMemory, AlignmentsThatAreNoneAreReported) {
  Memory memory(alloc, "game::lua");
  EXPECT_EQ(memory.allocate(10, 3), nullptr);
  EXPECT_EQ(log.count(Code::FA011), 1U);
  EXPECT_EQ(memory.stats().denials, 1U);
  EXPECT_EQ(memory.stats().blocks, 0U);
}

TEST_P(CHooksMemory, DoesNotTouchTheTagOfTheThreadNorItsFrame) {
  Memory memory(alloc, "game::lua");
  const TagScope scope = alloc.tag_scope("render");
  alloc.begin_frame();
  (void)alloc.frame_alloc<double>();
  void* const block = memory.allocate(64);
  (void)alloc.frame_alloc<double>();
  EXPECT_EQ(alloc.tag_path(), "render");
  EXPECT_EQ(alloc.tag_stats("game::lua").frame_bytes, 0U);
  EXPECT_EQ(alloc.tag_stats("render").heap_bytes, 0U);
  memory.free(block);
  alloc.end_frame();
}

TEST(CHooksMemoryWithoutAllocator, DeniesEverythingAndFreesWhatIsForeign) {
  framealloc::testing::ReportLog log;
  AllocConfig config =
      AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log);
  config.global_memory_limit = 1;
  const SmartAlloc none(config);
  Memory memory(none, "game::lua");
  EXPECT_EQ(memory.allocate(10), nullptr);
  EXPECT_EQ(memory.reallocate(nullptr, 10), nullptr);
  memory.free(std::malloc(10));
  EXPECT_EQ(memory.stats().foreign, 1U);
  EXPECT_EQ(memory.stats().denials, 2U);
}

INSTANTIATE_TEST_SUITE_P(Modes, CHooksMemory,
                         ::testing::Values(Mode::Plain, Mode::Checked, Mode::Poison, Mode::Pages));

}  // namespace
}  // namespace framealloc::c_hooks
