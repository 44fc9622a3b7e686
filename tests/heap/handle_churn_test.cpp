// SPDX-License-Identifier: MIT OR Apache-2.0
// Slot and block of a freed object wait together for the next object of its size.
#include <framealloc/handle_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleWorld;
using testing::Small;

struct Larger {
  std::array<char, 112> bytes;
};

TEST(HandleChurnTest, TheNextObjectOfTheSizeHasSlotAndBlock) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  const Handle<Small> stays = handles.alloc<Small>();
  const Handle<Small> first = handles.alloc<Small>();
  const void* const home = handles.resolve(first);
  const HandleAllocatorStats before = handles.stats();
  ASSERT_TRUE(handles.free(first));
  const HandleAllocatorStats between = handles.stats();
  EXPECT_EQ(between.free_slots, before.free_slots + 1);
  EXPECT_LT(between.used_bytes, before.used_bytes);
  EXPECT_EQ(between.used_bytes + between.hole_bytes, before.used_bytes + before.hole_bytes);

  const Handle<Small> second = handles.alloc<Small>();
  EXPECT_EQ(handles.resolve(second), home);
  EXPECT_EQ(second.raw_index(), first.raw_index());
  EXPECT_EQ(second.raw_generation(), first.raw_generation() + 1);
  EXPECT_FALSE(handles.is_valid(first));
  EXPECT_FALSE(handles.free(first));
  EXPECT_EQ(world.reports(Code::FA401).size(), 1U);
  EXPECT_EQ(handles.stats().free_slots, before.free_slots);
  EXPECT_EQ(handles.stats().used_bytes, before.used_bytes);
  EXPECT_TRUE(handles.is_valid(stays));
}

TEST(HandleChurnTest, SlotsThatWaitComeBeforeNewOnes) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<Handle<Small>> small;
  small.push_back(handles.alloc<Small>());
  while (handles.stats().free_slots != 0) small.push_back(handles.alloc<Small>());
  const std::size_t slots = handles.stats().total_slots;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(handles.free(small.back()));
    small.pop_back();
  }
  EXPECT_EQ(handles.stats().free_slots, 10U);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(handles.alloc<Larger>().is_dangling());
  EXPECT_EQ(handles.stats().total_slots, slots);
  EXPECT_EQ(handles.stats().free_slots, 0U);
}

TEST(HandleChurnTest, CompactionGetsWhatWaits) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  std::vector<Handle<Small>> made;
  for (int i = 0; i < 4000; ++i) made.push_back(handles.alloc<Small>());
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (i % 8 != 0) {
      ASSERT_TRUE(handles.free(made[i]));
    }
  }
  const std::size_t chunks = handles.stats().chunks;
  (void)handles.compact();
  const HandleAllocatorStats after = handles.stats();
  EXPECT_LT(after.chunks, chunks);
  EXPECT_EQ(after.free_slots + after.active_handles, after.total_slots);
  for (std::size_t i = 0; i < made.size(); i += 8) EXPECT_TRUE(handles.free(made[i]));
  EXPECT_EQ(handles.stats().free_slots, handles.stats().total_slots);
  EXPECT_EQ(handles.stats().chunks, 0U);
}

TEST(HandleChurnTest, TheNextObjectIsCountedAndChargedUnderItsOwnTag) {
  HandleWorld world(0, true);
  HandleAllocator handles(world.context());
  const TagId ai = world.tag("ai");
  const TagId ui = world.tag("ui");
  ASSERT_TRUE(world.budgets().register_tag_budget("ui", 0, 48));
  const Handle<Small> stays = handles.alloc<Small>();
  world.set_tag(ai);
  const Handle<Small> first = handles.alloc<Small>();
  ASSERT_TRUE(handles.free(first));
  EXPECT_EQ(handles.ledger().bytes_of(ai), 0U);
  EXPECT_EQ(world.budgets().get_tag_budget("ai")->current_usage, 0U);
  world.set_tag(ui);
  const Handle<Small> second = handles.alloc<Small>();
  EXPECT_EQ(second.raw_index(), first.raw_index());
  EXPECT_EQ(handles.ledger().bytes_of(ai), 0U);
  EXPECT_EQ(handles.ledger().bytes_of(ui), 48U);

  // What waits is not had past a limit, and goes on to wait.
  ASSERT_TRUE(handles.free(stays));
  EXPECT_TRUE(handles.alloc<Small>().is_dangling());
  EXPECT_EQ(handles.active_count(), 1U);
  EXPECT_EQ(world.budgets().get_tag_budget("ui")->current_usage, 48U);
  world.set_tag(TagId::Untagged);
  EXPECT_EQ(handles.alloc<Small>().raw_index(), stays.raw_index());
  EXPECT_TRUE(handles.free(second));
  EXPECT_EQ(world.budgets().get_tag_budget("ui")->current_usage, 0U);
}

TEST(HandleChurnTest, NoHookAndNoFixedPlaceGoOnToTheNextObject) {
  HandleWorld world;
  HandleAllocator handles(world.context());
  int told = 0;
  HandleOptions hooked;
  hooked.on_relocate = [](const Relocation&, void* told_to) { ++*static_cast<int*>(told_to); };
  hooked.context = &told;
  HandleOptions fixed;
  fixed.relocatable = false;
  std::vector<Handle<Small>> made;
  for (int i = 0; i < 4000; ++i) made.push_back(handles.alloc<Small>());
  for (std::size_t i = 0; i < made.size(); i += 2) {
    ASSERT_TRUE(handles.free(made[i]));
    const Handle<Small> brief = handles.alloc_with_options<Small>(i % 4 == 0 ? hooked : fixed);
    ASSERT_TRUE(handles.free(brief));
    made[i] = handles.alloc<Small>();
  }
  EXPECT_EQ(handles.stats().relocatable_count, made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (i % 8 != 0) {
      ASSERT_TRUE(handles.free(made[i]));
    }
  }
  EXPECT_GT(handles.compact().moves, 0U);
  EXPECT_EQ(told, 0);
}

}  // namespace
}  // namespace framealloc
