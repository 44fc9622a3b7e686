// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry on the heap, entities and commands in frame memory. Compiled against the stub, and against
// EnTT itself where its sources are.
#include <framealloc/entt/entt.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/denials.hpp"
#include "support/report_log.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
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

TEST_F(EnttRegistry, EachFrameRequestMayBeDeniedAndTheLossIsTold) {
  auto registry = make_registry<Reg>(*alloc);
  std::vector<Entity> all;
  for (int i = 0; i < 30; ++i) {
    all.push_back(registry.create());
    registry.emplace_or_replace<Position>(all.back());
  }
  const auto run = [&](std::size_t budget, framealloc::testing::ReportLog& told) {
    SmartAlloc frames(AllocConfig::minimal().with_report_handler(
        &framealloc::testing::ReportLog::handler, &told));
    frames.set_thread_frame_budget(budget);
    const ScopedFrame frame = frames.scoped_frame();
    std::size_t dropped = 0;
    const auto found = frame_entities<Position>(registry, frames, &dropped);
    EXPECT_EQ(found.size() + dropped, 30U);
    EXPECT_TRUE(found.empty() || dropped == 0) << "nothing is half written";
    CommandBuffer<Reg> commands(registry, frames);
    for (const Entity entity : all) commands.emplace<Speed>(entity, 1.0F);
    EXPECT_EQ(commands.size() + commands.dropped(), 30U);
    const std::size_t kept = commands.size();
    commands.apply(registry);
    std::size_t applied = 0;
    for (const Entity entity : all) applied += registry.remove<Speed>(entity);
    EXPECT_EQ(applied, kept);
    EXPECT_EQ(dropped + commands.dropped() != 0, told.size() != 0);
  };
  EXPECT_EQ(framealloc::testing::with_each_request_denied(run), 31U);
}

// As C++ says it of an allocator: std::bad_alloc, and everything is given back.
TEST_F(EnttRegistry, EachHeapRequestMayBeDeniedAndNothingLeaks) {
  const auto run = [](std::size_t budget, framealloc::testing::ReportLog& told) {
    AllocConfig config =
        AllocConfig::minimal().with_report_handler(&framealloc::testing::ReportLog::handler, &told);
    config.enable_budgets = true;
    SmartAlloc heap(config);
    ASSERT_TRUE(heap.budgets()->register_tag_budget("ecs", 0, budget));
    {
      const auto scope = heap.tag_scope("ecs");
      std::optional<Reg> registry;  // EnTT's own allocates when it is made
      bool denied = false;
      try {
        registry.emplace(make_registry<Reg>(heap));
        for (int i = 0; i < 20; ++i) {
          const Entity entity = registry->create();
          registry->emplace_or_replace<Position>(entity, 1.0F, 2.0F);
          registry->emplace_or_replace<Name>(entity, std::string(40, 'n'));
        }
      } catch (const std::bad_alloc&) {
        denied = true;
      }
      EXPECT_EQ(denied, told.size() != 0);
      if (registry) {
        const Reg& made = *registry;  // EnTT's own makes a pool for a view of one that may change
        for (const Entity entity : made.view<const Position>()) {
          EXPECT_EQ(made.get<Position>(entity).y, 2.0F) << "what was made stays whole";
        }
      }
    }
    EXPECT_EQ(heap.stats().heap_allocated, 0U);
    EXPECT_TRUE(heap.leak_report().empty());
  };
  EXPECT_GT(framealloc::testing::with_each_request_denied(run), 10U);
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

// As a pool that is denied its memory does.
TEST_F(EnttRegistry, WhatACommandThrowsLeavesTheOthersToBeApplied) {
  auto registry = make_registry<Reg>(*alloc);
  const Entity a = registry.create();
  const Entity b = registry.create();
  const auto counted = std::make_shared<int>(1);
  bool throws = true;
  struct Moody {
    Moody(std::shared_ptr<int> what, bool* mood) : held(std::move(what)), throws(mood) {}
    Moody(Moody&& other) : held(other.held), throws(other.throws) {
      if (*throws) throw std::bad_alloc();
    }
    Moody& operator=(Moody&&) = default;
    std::shared_ptr<int> held;
    bool* throws;
  };
  alloc->begin_frame();
  {
    std::optional<SmartAlloc> handle(*alloc);
    CommandBuffer<Reg> commands(registry, *handle);
    handle.reset();
    commands.emplace<Position>(a, 1.0F, 2.0F);
    commands.emplace<Moody>(a, counted, &throws);
    commands.emplace<Moody>(a, counted, &throws);
    commands.emplace<Speed>(a);
    EXPECT_EQ(counted.use_count(), 3);
    EXPECT_THROW(commands.apply(registry), std::bad_alloc);
    EXPECT_TRUE(registry.all_of<Position>(a));
    EXPECT_EQ(counted.use_count(), 2) << "the one that threw is gone";
    EXPECT_EQ(commands.size(), 2U);
    EXPECT_EQ(commands.dropped(), 1U);
    throws = false;
    commands.remove<Speed>(a);
    commands.apply(registry);
    EXPECT_TRUE(registry.all_of<Moody>(a));
    EXPECT_FALSE(registry.all_of<Speed>(a)) << "in their order";
    throws = true;
    commands.emplace<Moody>(b, counted, &throws);
    commands.emplace<Moody>(b, counted, &throws);
    EXPECT_THROW(commands.apply(registry), std::bad_alloc);
    EXPECT_EQ(commands.size(), 1U) << "which ends with the buffer";
  }
  throws = false;
  registry.destroy(a);
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
