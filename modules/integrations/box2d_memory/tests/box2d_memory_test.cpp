// SPDX-License-Identifier: MIT OR Apache-2.0
// Box2D's blocks come from the memory that is installed, and each goes home.
#include <gtest/gtest.h>
#include <framealloc/box2d/memory.hpp>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>
#include <framealloc/testing/no_heap_in_scope.hpp>

#include <memory>
#include <optional>

#include "gathered_records.hpp"
#include "mixed_scene.hpp"
#include "support/denials.hpp"
#include "support/map_counter.hpp"
#include "support/report_log.hpp"
#include "support/shown_tag.hpp"

namespace {

namespace fb = framealloc::box2d;
using box2d_test::MixedScene;
using box2d_test::state_of;
using framealloc::c_hooks::Memory;
using framealloc::test::MapsInScope;
using framealloc::testing::NoHeapInScope;
using framealloc::testing::ReportLog;

class Box2dMemory : public testing::Test {
 protected:
  ~Box2dMemory() override { fb::uninstall_memory(); }
};

TEST_F(Box2dMemory, IsCountedUnderTheTagAndGivenBack) {
  framealloc::SmartAlloc alloc;
  Memory memory(alloc, "game::physics");
  ASSERT_TRUE(fb::install_memory(memory));
  {
    MixedScene scene;
    EXPECT_GT(memory.stats().bytes, 100'000U);
    EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("game::physics").heap_bytes);
    framealloc::testing::expect_heap_is_shown(alloc, "game::physics", memory.stats().bytes);
  }
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_EQ(memory.stats().foreign, 0U);
  EXPECT_EQ(fb::uninstall_memory(), &memory);
  EXPECT_EQ(fb::uninstall_memory(), nullptr);
}

TEST_F(Box2dMemory, TakesOneMemoryAtATime) {
  framealloc::SmartAlloc alloc;
  Memory memory(alloc, "one");
  Memory other(alloc, "other");
  EXPECT_TRUE(fb::install_memory(memory));
  EXPECT_FALSE(fb::install_memory(other));
  {
    MixedScene scene(10);
  }
  EXPECT_GT(memory.stats().allocations, 0U);
  EXPECT_EQ(other.stats().allocations, 0U);
}

TEST_F(Box2dMemory, BlocksFromBeforeAndAfterGoHome) {
  framealloc::SmartAlloc alloc;
  Memory memory(alloc, "physics");
  auto before = std::make_unique<MixedScene>(50);
  ASSERT_TRUE(fb::install_memory(memory));
  auto during = std::make_unique<MixedScene>(50);
  before->world.Step(1.0F / 60, 8, 3);
  before.reset();
  EXPECT_GT(memory.stats().foreign, 0U);
  EXPECT_EQ(fb::uninstall_memory(), &memory);
  during->world.Step(1.0F / 60, 8, 3);
  during.reset();
  EXPECT_EQ(memory.stats().blocks, 0U);
}

// 800 bodies in a pit, which touch each other all the way: such an island outgrows Box2D's stack of
// 100 KiB, and it asks for blocks in every step.
void fill_pit(b2World& world) {
  b2BodyDef fixed;
  b2Body* const pit = world.CreateBody(&fixed);
  b2ChainShape walls;
  const b2Vec2 corners[4] = {{-4, 90}, {-4, 0}, {4, 0}, {4, 90}};
  walls.CreateChain(corners, 4, {-4, 95}, {4, 95});
  pit->CreateFixture(&walls, 0);
  b2PolygonShape box;
  box.SetAsBox(0.4F, 0.4F);
  for (int i = 0; i < 800; ++i) {
    b2BodyDef body;
    body.type = b2_dynamicBody;
    body.position.Set(-3.5F + 0.85F * static_cast<float>(i % 9),
                      0.5F + 0.85F * static_cast<float>(i / 9));
    world.CreateBody(&body)->CreateFixture(&box, 1);
  }
  world.SetAllowSleeping(false);
}

TEST_F(Box2dMemory, TheWholeStepCallsNoMallocAndNoMmap) {
  framealloc::SmartAlloc alloc;
  Memory memory(alloc, "physics");
  ASSERT_TRUE(fb::install_memory(memory));
  b2World world(b2Vec2(0, -10));
  fill_pit(world);
  fb::EventCollector collector(world, alloc);
  std::uint64_t asked = 0;
  for (std::size_t step = 0; step < 300; ++step) {
    const std::uint64_t before = memory.stats().allocations;
    NoHeapInScope none;
    const MapsInScope maps;
    alloc.begin_frame();
    (void)collector.step(alloc);
    alloc.end_frame();
    if (step >= 200) {
      ASSERT_EQ(maps.count(), 0U) << "step " << step;
      ASSERT_TRUE(none) << "step " << step << ": " << none.message();
      asked += memory.stats().allocations - before;
    } else {
      (void)none.none();
    }
  }
  RecordProperty("blocks_per_100_steps", static_cast<int>(asked));
  EXPECT_GE(asked, 100U) << "Box2D stayed within its stack";
}

// The same without it: what the module is for.
TEST_F(Box2dMemory, WithoutItTheStepCallsMalloc) {
  framealloc::SmartAlloc alloc;
  b2World world(b2Vec2(0, -10));
  fill_pit(world);
  for (int step = 0; step < 200; ++step) world.Step(1.0F / 60, 8, 3);
  NoHeapInScope calls;
  for (int step = 0; step < 100; ++step) world.Step(1.0F / 60, 8, 3);
  EXPECT_FALSE(calls.none());
  EXPECT_GE(calls.count(), 100U) << calls.bytes();
  RecordProperty("calls", static_cast<int>(calls.count()));
  RecordProperty("bytes", static_cast<int>(calls.bytes()));
}

TEST_F(Box2dMemory, ChangesNoSimulation) {
  framealloc::SmartAlloc alloc;
  Memory memory(alloc, "physics");
  MixedScene twin(150);
  ASSERT_TRUE(fb::install_memory(memory));
  MixedScene ours(150);
  for (std::size_t step = 0; step < 200; ++step) {
    ours.world.Step(1.0F / 60, 8, 3);
    twin.world.Step(1.0F / 60, 8, 3);
  }
  EXPECT_EQ(state_of(ours.world), state_of(twin.world));
}

// Each request that makes Box2D hold more than before.
TEST_F(Box2dMemory, EachDenialIsMadeUpForAndTheLossIsCounted) {
  MixedScene twin(40);
  for (std::size_t step = 0; step < 60; ++step) twin.world.Step(1.0F / 60, 8, 3);
  const auto expected = state_of(twin.world);
  const auto run = [&](std::size_t budget, ReportLog& log) {
    framealloc::AllocConfig config;
    config.enable_budgets = true;
    config.on_report = &ReportLog::handler;
    config.report_context = &log;
    framealloc::SmartAlloc alloc(config);
    ASSERT_TRUE(alloc.budgets()->register_tag_budget("physics", 0, budget));
    Memory memory(alloc, "physics");
    ASSERT_TRUE(fb::install_memory(memory));
    {
      MixedScene ours(40);
      for (std::size_t step = 0; step < 60; ++step) ours.world.Step(1.0F / 60, 8, 3);
      EXPECT_EQ(state_of(ours.world), expected);
      EXPECT_LE(memory.stats().bytes, budget);
    }
    EXPECT_EQ(memory.stats().denials > 0U, log.size() != 0);
    EXPECT_EQ(memory.stats().blocks, 0U);
    EXPECT_EQ(fb::uninstall_memory(), &memory);
  };
  EXPECT_GT(framealloc::testing::with_each_request_denied(run), 10U);
}

}  // namespace
