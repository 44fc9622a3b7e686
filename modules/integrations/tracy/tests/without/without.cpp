// SPDX-License-Identifier: MIT OR Apache-2.0
// The module without Tracy, or with the real one: everything compiles, runs and leaves the
// allocator as it was.
#include <framealloc/tracy/profile.hpp>

#include "example.hpp"

#include <gtest/gtest.h>

namespace framealloc::tracing {
namespace {

TEST(TracyProfileWithoutStub, LeavesTheGameAsItIs) {
  SmartAlloc alloc;
  play(alloc, 3);
  EXPECT_EQ(alloc.frame_number(), 3U);
  EXPECT_EQ(alloc.frame_stats().bytes_allocated, 100 * sizeof(Contact) + 16);
  const std::vector<PhaseStats> phases = alloc.phase_stats();
  bool found = false;
  for (const PhaseStats& phase : phases)
    found = found || (phase.name == "physics" && phase.count == 3);
  EXPECT_TRUE(found);
  EXPECT_EQ(alloc.is_lifecycle_tracking_enabled(), kHasTracy);
}

TEST(TracyProfileWithoutStub, HandsOutBlocksAndTakesThemBack) {
  SmartAlloc alloc;
  Profile profile(alloc);
  EXPECT_EQ(static_cast<bool>(profile), kHasTracy);
  int* const pooled = profile.pool_alloc<int>();
  int* const block = profile.heap_alloc<int>(1000);
  ASSERT_NE(pooled, nullptr);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(alloc.stats().active_allocations(), 2U);
  profile.pool_free(pooled);
  profile.heap_free(block);
  EXPECT_EQ(alloc.stats().active_allocations(), 0U);
}

}  // namespace
}  // namespace framealloc::tracing
