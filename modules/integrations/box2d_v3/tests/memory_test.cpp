// SPDX-License-Identifier: MIT OR Apache-2.0
// Box2D's own memory under a tag, in whichever of its two shapes b2SetAllocator() has.
#include <framealloc/box2d_v3/physics.hpp>

#include <framealloc/framealloc.hpp>
#include <framealloc/testing/no_heap_in_scope.hpp>

#include <gtest/gtest.h>

#include "scene.hpp"
#include "support/denials.hpp"
#include "support/map_counter.hpp"
#include "support/report_log.hpp"

#include <cstddef>
#include <memory>

namespace framealloc::box2d_v3 {
namespace {

using box2d_v3_test::SwingingScene;
using framealloc::testing::NoHeapInScope;
using framealloc::testing::ReportLog;

class Box2dV3Memory : public ::testing::Test {
 protected:
  ~Box2dV3Memory() override { (void)uninstall_memory(); }
};

TEST_F(Box2dV3Memory, IsUnderTheTagAndBlocksFromBeforeAndAfterGoHome) {
  SmartAlloc alloc;
  c_hooks::Memory memory(alloc, "game::physics");
  c_hooks::Memory other(alloc, "other");
  auto before = std::make_unique<SwingingScene>();
  ASSERT_TRUE(install_memory(memory));
  EXPECT_FALSE(install_memory(other));
  {
    const SwingingScene scene;
    EXPECT_GT(memory.stats().bytes, 1000U);
    EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("game::physics").heap_bytes);
  }
  for (int i = 0; i < 10; ++i) b2World_Step(before->world, 1.0F / 60, 4);
  before.reset();
  EXPECT_GT(memory.stats().foreign, 0U);
  auto after = std::make_unique<SwingingScene>();
  EXPECT_EQ(uninstall_memory(), &memory);
  EXPECT_EQ(uninstall_memory(), nullptr);
  for (int i = 0; i < 10; ++i) b2World_Step(after->world, 1.0F / 60, 4);
  after.reset();
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_TRUE(alloc.leak_report().empty());
}

TEST_F(Box2dV3Memory, AWholeStepCallsNoMallocAndNoMmap) {
  SmartAlloc alloc;
  c_hooks::Memory memory(alloc, "physics");
  ASSERT_TRUE(install_memory(memory));
  SwingingScene scene;
  EventCollector collector(scene.world, alloc);
  std::size_t seen = 0;
  for (std::size_t step = 0; step < 300; ++step) {
    scene.before_step(step);
    NoHeapInScope none;
    const framealloc::test::MapsInScope maps;
    alloc.begin_frame();
    const StepEvents events = collector.step(alloc);
    seen += events.contacts.size() + events.begins.size();
    alloc.end_frame();
    if (step >= 100) {
      ASSERT_TRUE(none) << "step " << step << ": " << none.message();
      ASSERT_EQ(maps.count(), 0U) << "step " << step;
    }
    (void)none.none();
  }
  EXPECT_GT(seen, 300U);
}

// Box2D looks at no result, so each request that the tag's budget denies is made up for.
TEST_F(Box2dV3Memory, EachDenialIsMadeUpForAndTold) {
  const auto run = [](std::size_t budget, ReportLog& log) {
    AllocConfig config;
    config.enable_budgets = true;
    config.on_report = &ReportLog::handler;
    config.report_context = &log;
    SmartAlloc alloc(config);
    ASSERT_TRUE(alloc.budgets()->register_tag_budget("physics", 0, budget));
    c_hooks::Memory memory(alloc, "physics");
    ASSERT_TRUE(install_memory(memory));
    {
      SwingingScene scene(12);
      for (std::size_t step = 0; step < 60; ++step) {
        scene.before_step(step);
        b2World_Step(scene.world, 1.0F / 60, 4);
      }
      EXPECT_EQ(b2World_GetBodyEvents(scene.world).moveCount, 12);
    }
    EXPECT_EQ(memory.stats().blocks, 0U);
    EXPECT_EQ(uninstall_memory(), &memory);
    EXPECT_LE(memory.stats().peak_bytes, budget);
    EXPECT_EQ(memory.stats().denials > 0U, log.size() != 0);
  };
  EXPECT_GT(framealloc::testing::with_each_request_denied(run), 3U);
}

}  // namespace
}  // namespace framealloc::box2d_v3
