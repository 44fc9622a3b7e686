// SPDX-License-Identifier: MIT OR Apache-2.0
// Bullet 3: aligned blocks, freed with no size and no context.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <LinearMath/btAlignedAllocator.h>
#include <LinearMath/btAlignedObjectArray.h>

#include <cstdint>

namespace framealloc::c_hooks {
namespace {

struct BulletSlot {};
using BulletHook = Global<BulletSlot>;

TEST(CHooksBullet, ItsArraysLiveUnderItsTagWithNoHeader) {
  SmartAlloc alloc;
  Memory memory(alloc, "physics::bullet");
  ASSERT_TRUE(BulletHook::install(memory));
  btAlignedAllocSetCustomAligned(&BulletHook::aligned, &BulletHook::free);
  {
    btAlignedObjectArray<double> numbers;
    for (int i = 0; i < 10'000; ++i) numbers.push_back(i);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&numbers[0]) % 16, 0U);
    EXPECT_EQ(numbers[9'999], 9'999);
    EXPECT_EQ(memory.stats().blocks, 1U);
    // 16,384 doubles and not a byte beside them.
    EXPECT_EQ(memory.stats().bytes, std::size_t{16'384} * sizeof(double));
    EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("physics::bullet").heap_bytes);
  }
  void* const wide = btAlignedAlloc(100, 64);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide) % 64, 0U);
  btAlignedFree(wide);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().foreign, 0U);
  btAlignedAllocSetCustomAligned(nullptr, nullptr);
  EXPECT_EQ(BulletHook::uninstall(), &memory);
  EXPECT_TRUE(alloc.leak_report().empty());
}

}  // namespace
}  // namespace framealloc::c_hooks
