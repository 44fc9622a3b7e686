// SPDX-License-Identifier: MIT OR Apache-2.0
// Hooks without a context: installing, and blocks that outlive what they came from.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace framealloc::c_hooks {
namespace {

template <int N>
struct Slot {};

TEST(CHooksGlobal, WithoutAMemoryItIsTheCLibrary) {
  using Hook = Global<Slot<0>>;
  EXPECT_EQ(Hook::memory(), nullptr);
  EXPECT_EQ(Hook::uninstall(), nullptr);
  void* block = Hook::malloc(100);
  ASSERT_NE(block, nullptr);
  block = Hook::realloc(block, 2000);
  ASSERT_NE(block, nullptr);
  Hook::free(block);
  auto* const zeroed = static_cast<unsigned char*>(Hook::calloc(10, 10));
  EXPECT_TRUE(std::all_of(zeroed, zeroed + 100, [](unsigned char c) { return c == 0; }));
  std::free(zeroed);
  for (const int alignment : {-1, 0, 3, 16, 64, 4096}) {
    void* const aligned = Hook::aligned(33, alignment);
    ASSERT_NE(aligned, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) %
                  static_cast<std::size_t>(alignment >= 16 ? alignment : 16),
              0U);
    Hook::free(aligned);
  }
  EXPECT_EQ(Hook::aligned(SIZE_MAX, 64), nullptr);
  Hook::free(nullptr);
}

// For libraries that take no null: the C library makes up for what is denied.
TEST(CHooksGlobal, OrSystemHasMemoryWhereTheBudgetHasNone) {
  using Hook = GlobalOrSystem<Slot<30>>;
  AllocConfig config;
  config.enable_budgets = true;
  config.on_report = [](const Report&, void*) {};
  SmartAlloc alloc(config);
  Memory memory(alloc, "library");
  ASSERT_TRUE(Hook::install(memory));
  auto* ours = static_cast<unsigned char*>(Hook::malloc(100));
  ASSERT_TRUE(memory.owns(ours));
  std::memset(ours, 7, 100);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("library", 0, 1));
  void* const block = Hook::malloc(100);
  auto* const zeroed = static_cast<unsigned char*>(Hook::calloc(10, 10));
  void* const aligned = Hook::aligned(100, 64);
  ASSERT_TRUE(block != nullptr && zeroed != nullptr && aligned != nullptr);
  EXPECT_FALSE(memory.owns(block) || memory.owns(zeroed) || memory.owns(aligned));
  EXPECT_TRUE(std::all_of(zeroed, zeroed + 100, [](unsigned char c) { return c == 0; }));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) % 64, 0U);
  ours = static_cast<unsigned char*>(Hook::realloc(ours, 50'000));
  ASSERT_NE(ours, nullptr);
  EXPECT_FALSE(memory.owns(ours)) << "it moved to the C library";
  EXPECT_EQ(ours[99], 7);
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_EQ(memory.stats().denials, 4U) << "each is told";
  EXPECT_EQ(Hook::malloc(SIZE_MAX), nullptr);
  EXPECT_EQ(Hook::calloc(SIZE_MAX, 2), nullptr);
  EXPECT_EQ(Hook::realloc(nullptr, SIZE_MAX), nullptr);
  for (void* const each : {static_cast<void*>(ours), block, static_cast<void*>(zeroed), aligned}) {
    Hook::free(each);
  }
  EXPECT_EQ(memory.stats().foreign, 4U);
  EXPECT_EQ(Hook::uninstall(), &memory);
}

TEST(CHooksGlobal, OneMemoryAtATime) {
  using Hook = Global<Slot<1>>;
  const SmartAlloc alloc;
  Memory first(alloc, "first");
  Memory second(alloc, "second");
  EXPECT_TRUE(Hook::install(first));
  EXPECT_TRUE(Hook::install(first)) << "again, the same";
  EXPECT_FALSE(Hook::install(second));
  EXPECT_EQ(Hook::memory(), &first);
  EXPECT_TRUE(Global<Slot<2>>::install(second)) << "another slot is another hook";
  void* const block = Hook::malloc(100);
  EXPECT_EQ(first.stats().blocks, 1U);
  EXPECT_EQ(second.stats().blocks, 0U);
  Hook::free(block);
  EXPECT_EQ(Hook::uninstall(), &first);
  EXPECT_TRUE(Hook::install(second));
  EXPECT_EQ(Hook::uninstall(), &second);
  EXPECT_EQ(Global<Slot<2>>::uninstall(), &second);
}

TEST(CHooksGlobal, ServesEveryShape) {
  using Hook = Global<Slot<3>>;
  const SmartAlloc alloc;
  Memory memory(alloc, "engine");
  ASSERT_TRUE(Hook::install(memory));
  void* block = Hook::malloc(10);
  block = Hook::realloc(block, 5000);
  Hook::free(block);
  block = Hook::realloc(nullptr, 10);
  Hook::free(block);
  auto* const zeroed = static_cast<unsigned char*>(Hook::calloc(10, 10));
  EXPECT_TRUE(std::all_of(zeroed, zeroed + 100, [](unsigned char c) { return c == 0; }));
  Hook::free(zeroed);
  for (const int alignment : {-8, 0, 16, 32, 1024}) {
    void* const aligned = Hook::aligned(100, alignment);
    EXPECT_TRUE(memory.owns(aligned));
    if (alignment > 0) {
      EXPECT_TRUE(is_aligned(aligned, static_cast<std::size_t>(alignment)));
    }
    Hook::free(aligned);
  }
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_EQ(memory.stats().allocations, 9U);
  EXPECT_EQ(Hook::uninstall(), &memory);
  EXPECT_TRUE(alloc.leak_report().empty());
}

// The reports SDL#3043, SDL#8967 and flecs#103: blocks made before the hook, freed through it, and
// the other way round.
TEST(CHooksGlobal, BlocksFindTheirWayHomeOverEveryChange) {
  using Hook = Global<Slot<4>>;
  const SmartAlloc alloc;
  const SmartAlloc other;
  Memory memory(alloc, "engine");
  Memory next(other, "engine");
  void* const before = Hook::malloc(100);
  void* resized = Hook::malloc(100);
  std::memset(resized, 7, 100);
  ASSERT_TRUE(Hook::install(memory));
  void* const mine = Hook::malloc(100);
  void* mine_resized = Hook::malloc(100);
  std::memset(mine_resized, 9, 100);
  Hook::free(before);
  resized = Hook::realloc(resized, 400);
  EXPECT_EQ(memory.stats().foreign, 2U);
  ASSERT_EQ(Hook::uninstall(), &memory);

  // Nothing is installed: the block is still known.
  mine_resized = Hook::realloc(mine_resized, 4000);
  EXPECT_TRUE(memory.owns(mine_resized));
  EXPECT_EQ(static_cast<unsigned char*>(mine_resized)[99], 9);
  ASSERT_TRUE(Hook::install(next));
  void* const theirs = Hook::malloc(100);
  Hook::free(mine);
  Hook::free(mine_resized);
  EXPECT_EQ(static_cast<unsigned char*>(resized)[99], 7);
  Hook::free(resized);
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(next.stats().blocks, 1U);
  EXPECT_EQ(next.stats().foreign, 1U);
  ASSERT_EQ(Hook::uninstall(), &next);
  Hook::free(theirs);
  EXPECT_EQ(next.stats().blocks, 0U);
  EXPECT_TRUE(alloc.leak_report().empty());
  EXPECT_TRUE(other.leak_report().empty());
}

TEST(CHooksGlobal, AMemoryThatEndsIsInstalledNoMore) {
  using Hook = Global<Slot<5>>;
  const SmartAlloc alloc;
  {
    Memory memory(alloc, "engine");
    ASSERT_TRUE(Hook::install(memory));
    Hook::free(Hook::malloc(10));
  }
  EXPECT_EQ(Hook::memory(), nullptr);
  void* const block = Hook::malloc(10);
  EXPECT_FALSE(alloc.owns(block));
  Hook::free(block);
  Memory memory(alloc, "engine");
  EXPECT_TRUE(Hook::install(memory));
  EXPECT_EQ(Hook::uninstall(), &memory);
}

// Two that share an allocator: what the first handed out is taken off its own count.
TEST(CHooksGlobal, TwoMemoriesOfOneAllocatorKeepTheirOwnCounts) {
  using Hook = Global<Slot<6>>;
  const SmartAlloc alloc;
  Memory first(alloc, "first");
  Memory second(alloc, "second");
  ASSERT_TRUE(Hook::install(first));
  void* const small = Hook::malloc(100);
  void* large = Hook::malloc(200'000);
  ASSERT_EQ(Hook::uninstall(), &first);
  ASSERT_TRUE(Hook::install(second));
  void* const own = Hook::malloc(100);
  large = Hook::realloc(large, 500'000);
  EXPECT_EQ(first.stats().bytes, alloc.tag_stats("first").heap_bytes);
  EXPECT_EQ(second.stats().bytes, alloc.tag_stats("second").heap_bytes);
  EXPECT_EQ(second.stats().blocks, 1U);
  Hook::free(small);
  Hook::free(large);
  EXPECT_EQ(first.stats().blocks, 0U);
  EXPECT_EQ(first.stats().bytes, 0U);
  EXPECT_EQ(second.stats().blocks, 1U);
  Hook::free(own);
  EXPECT_EQ(Hook::uninstall(), &second);
  EXPECT_EQ(second.stats().bytes, 0U);
}

}  // namespace
}  // namespace framealloc::c_hooks
