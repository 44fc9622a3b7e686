// SPDX-License-Identifier: MIT OR Apache-2.0
// Whose the freed handles of a cache are: the thread's that freed them and the allocator's, and of no
// report.
#include <framealloc/handle_allocator.hpp>

#include "heap/handle_cache_fixture.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleCacheTest;
using testing::HandleWorld;
using testing::Small;

TEST_F(HandleCacheTest, AThreadKeepsWhatItFreesAndOthersCanHaveIt) {
  HandleWorld world(0, true);
  HandleAllocator handles(world.context());
  world.set_tag(world.tag("ai"));
  const auto made = fill<Small>(handles);
  std::thread([&] {
    prepare<Small>(handles);
    for (std::size_t i = 0; i < 4; ++i) ASSERT_TRUE(handles.free(made[i]));
    EXPECT_EQ(handles.alloc<Small>().raw_index(), made[3].raw_index());
  }).join();
  EXPECT_EQ(handles.active_count(), 197U);
  EXPECT_EQ(ready(handles, world, "ai"), 3 * 48U);
  // The thread has ended: the next that comes, with its record, goes on with its cache; all the
  // same it is nobody's secret.
  std::thread([&] {
    EXPECT_EQ(handles.active_count(), 197U);  // a thread has its record from its first lock on
    EXPECT_EQ(handles.alloc<Small>().raw_index(), made[2].raw_index());
  }).join();
  EXPECT_EQ(handles.release_cached(), 2 * 48U);
  EXPECT_EQ(ready(handles, world, "ai"), 0U);
  EXPECT_EQ(handles.active_count(), 198U);
}

TEST_F(HandleCacheTest, TwoAllocatorsOfAThreadShareNothing) {
  HandleWorld world;
  HandleAllocator one(world.context());
  HandleAllocator two(world.context());
  const auto first = fill<Small>(one);
  const auto second = fill<Small>(two);
  ASSERT_TRUE(one.free(first[5]));
  const void* const home = two.resolve(second[5]);
  ASSERT_TRUE(two.free(second[5]));
  EXPECT_EQ(one.active_count(), 199U);
  EXPECT_EQ(two.active_count(), 199U);
  EXPECT_EQ(one.release_cached(), 48U);
  EXPECT_EQ(two.resolve(two.alloc<Small>()), home);
  EXPECT_EQ(one.active_count(), 199U);
  EXPECT_EQ(two.release_cached(), 0U);
}

TEST_F(HandleCacheTest, AnAllocatorAtTheAddressOfAnotherFindsNothingOfIt) {
  HandleWorld world;
  std::optional<HandleAllocator> handles;
  for (int round = 0; round < 3; ++round) {
    handles.emplace(world.context());
    const auto made = fill<Small>(*handles);
    for (std::size_t i = 0; i < 5; ++i) ASSERT_TRUE(handles->free(made[i]));
    EXPECT_EQ(handles->active_count(), 195U);
    EXPECT_EQ(handles->release_cached(), 5 * 48U);
    for (std::size_t i = 0; i < 5; ++i) ASSERT_TRUE(handles->free(made[i + 5]));
    handles.reset();
  }
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

TEST_F(HandleCacheTest, TheLeakReportNamesOnlyWhatLives) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto made = fill<Small>(handles, 100);
  for (std::size_t i = 0; i < 7; ++i) ASSERT_TRUE(handles.free(made[i]));
  handles.report_leaks();
  const auto leaks = world.reports(Code::FA007);
  ASSERT_EQ(leaks.size(), 1U);
  EXPECT_NE(leaks[0].message.find("93 objects of type"), std::string::npos) << leaks[0].message;
  EXPECT_EQ(leaks[0].requested, 93 * sizeof(Small));
}

// A handle of each generation of a slot that is used again and again finds nothing.
TEST_F(HandleCacheTest, OldHandlesStayStaleHoweverOftenTheirSlotIsUsedAgain) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const auto made = fill<Small>(handles);
  std::vector<Handle<Small>> old;
  Handle<Small> current = made[11];
  for (int round = 0; round < 500; ++round) {
    old.push_back(current);
    ASSERT_TRUE(handles.free(current));
    current = handles.alloc<Small>();
    ASSERT_EQ(current.raw_index(), made[11].raw_index());
  }
  for (const Handle<Small> handle : old) {
    ASSERT_EQ(handles.try_resolve(handle), nullptr);
    ASSERT_FALSE(handles.free(handle));
  }
  EXPECT_NE(handles.resolve(current), nullptr);
}

}  // namespace
}  // namespace framealloc
