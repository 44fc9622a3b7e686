// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry on the heap, entities and commands in frame memory. Compiled against the stub, and against
// EnTT itself where its sources are.
#include <framealloc/entt/entt.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace framealloc::entt {
namespace {

struct Position {
  float x = 0;
  float y = 0;
};
struct Speed {
  float x = 0;
};
struct Hit {};
struct Name {
  std::string text;
};

class EnttRegistry : public ::testing::Test {
 protected:
  EnttRegistry() {
    AllocConfig config =
        AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &log);
    alloc = std::make_unique<SmartAlloc>(config);
  }
  framealloc::testing::ReportLog log;
  std::unique_ptr<SmartAlloc> alloc;
};

using Reg = Registry<>;
using Entity = Reg::entity_type;

TEST_F(EnttRegistry, ItsPoolsAreHeapMemoryUnderTheTag) {
  {
    const auto scope = alloc->tag_scope("ecs");
    auto registry = make_registry<Reg>(*alloc);
    for (int i = 0; i < 1000; ++i) {
      registry.emplace_or_replace<Position>(registry.create(), static_cast<float>(i), 0.0F);
    }
    EXPECT_GE(alloc->tag_stats("ecs").heap_bytes, 1000 * sizeof(Position));
    EXPECT_EQ(alloc->stats().heap_allocated, alloc->tag_stats("ecs").heap_bytes);
  }
  EXPECT_EQ(alloc->stats().heap_allocated, 0U);
  EXPECT_TRUE(alloc->leak_report().empty());
}

TEST_F(EnttRegistry, EntitiesOfAViewMayBeDestroyedWhileWalkingThem) {
  auto registry = make_registry<Reg>(*alloc);
  std::vector<Entity> both;
  for (int i = 0; i < 100; ++i) {
    const Entity entity = registry.create();
    registry.emplace_or_replace<Position>(entity);
    if (i % 3 == 0) {
      registry.emplace_or_replace<Speed>(entity);
      both.push_back(entity);
    }
  }
  alloc->begin_frame();
  const std::span<const Entity> found = frame_entities<Position, Speed>(registry, *alloc);
  std::vector<Entity> sorted(found.begin(), found.end());
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, both);
  for (const Entity entity : found) {
    registry.emplace_or_replace<Position>(registry.create());
    registry.destroy(entity);
  }
  EXPECT_TRUE((frame_entities<Position, Speed>(registry, *alloc).empty()));
  EXPECT_EQ(frame_entities<Position>(registry, *alloc).size(), 100U);
  // A pool that nobody made: EnTT's view of it has an allocator made out of nothing.
  EXPECT_TRUE(frame_entities<Hit>(registry, *alloc).empty());
  alloc->end_frame();
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(EnttRegistry, DeniedFrameMemoryIsToldAndNothingIsHalfWritten) {
  auto registry = make_registry<Reg>(*alloc);
  for (int i = 0; i < 10; ++i) registry.emplace_or_replace<Position>(registry.create());
  // No frame is open.
  std::size_t dropped = 0;
  EXPECT_TRUE(frame_entities<Position>(registry, *alloc, &dropped).empty());
  EXPECT_EQ(dropped, 10U);
  CommandBuffer<Reg> commands(registry, *alloc);
  commands.destroy(Entity{});
  EXPECT_EQ(commands.size(), 0U);
  EXPECT_EQ(commands.dropped(), 1U);
  commands.apply(registry);
  EXPECT_TRUE(registry.valid(Entity{}));
  EXPECT_GT(log.count(Code::FA001), 0U);
}

TEST_F(EnttRegistry, CommandsAreAppliedInTheirOrder) {
  auto registry = make_registry<Reg>(*alloc);
  const Entity a = registry.create();
  const Entity b = registry.create();
  const Entity c = registry.create();
  registry.emplace_or_replace<Speed>(b);
  alloc->begin_frame();
  {
    CommandBuffer<Reg> commands(registry, *alloc);
    commands.emplace<Position>(a, 1.0F, 2.0F);
    commands.emplace<Position>(a, 3.0F, 4.0F);
    commands.emplace<Hit>(a);
    commands.remove<Speed>(b);
    commands.remove<Speed>(a);
    commands.emplace<Name>(b, std::string("a name that is too long for its string"));
    commands.destroy(c);
    commands.emplace<Position>(c, 5.0F, 6.0F);
    EXPECT_EQ(commands.size(), 8U);
    EXPECT_FALSE(registry.all_of<Position>(a)) << "not before it is applied";
    commands.apply(registry);
    EXPECT_EQ(commands.size(), 0U);
    EXPECT_EQ(commands.dropped(), 0U);
  }
  EXPECT_EQ(registry.get<Position>(a).x, 3.0F);
  EXPECT_TRUE(registry.all_of<Hit>(a));
  EXPECT_FALSE(registry.all_of<Speed>(b));
  EXPECT_EQ(registry.get<Name>(b).text, "a name that is too long for its string");
  EXPECT_FALSE(registry.valid(c));
  alloc->end_frame();
}

TEST_F(EnttRegistry, CommandsThatAreNotAppliedAreDestroyed) {
  auto registry = make_registry<Reg>(*alloc);
  const auto counted = std::make_shared<int>(1);
  struct Holds {
    std::shared_ptr<int> held;
  };
  alloc->begin_frame();
  {
    CommandBuffer<Reg> commands(registry, *alloc);
    commands.emplace<Holds>(registry.create(), counted);
    CommandBuffer<Reg> moved(std::move(commands));
    EXPECT_EQ(moved.size(), 1U);
    EXPECT_EQ(counted.use_count(), 2);
  }
  EXPECT_EQ(counted.use_count(), 1);
  alloc->end_frame();
}

TEST(EnttAllocator, MadeOutOfNothingItHasNoMemoryAndSaysSo) {
  Allocator<int> none;
  EXPECT_FALSE(none);
  none.deallocate(nullptr, 0);
  ::testing::internal::CaptureStderr();
  EXPECT_THROW((void)none.allocate(10), std::bad_alloc);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("make_registry"), std::string::npos);
  const SmartAlloc alloc;
  Allocator<int> some(alloc);
  EXPECT_TRUE(some);
  EXPECT_FALSE(some == Allocator<int>());
  EXPECT_TRUE(some == Allocator<double>(some));
  int* const block = some.allocate(10);
  some.deallocate(block, 10);
}

}  // namespace
}  // namespace framealloc::entt
