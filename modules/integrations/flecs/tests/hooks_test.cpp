// SPDX-License-Identifier: MIT OR Apache-2.0
// A world under a tag, and frames in its pipeline. Compiled against the stub, and against flecs itself
// where its sources are. The OS interface is taken once in a process: one test.
#include <framealloc/flecs/hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

#include <algorithm>
#include <cstdint>

namespace framealloc::flecs {
namespace {

struct Seen {
  SmartAlloc* alloc;
  std::uint64_t in_frame = 0;
};

TEST(FlecsHooks, AWorldLivesUnderItsTagAndItsTicksAreFrames) {
  framealloc::testing::ReportLog log;
  AllocConfig config;
  config.enable_budgets = true;
  SmartAlloc alloc(config.with_report_handler(&framealloc::testing::ReportLog::handler, &log));
  // For the process: flecs keeps some blocks until it ends.
  static c_hooks::Memory memory(alloc, "game::flecs");
  c_hooks::Memory other(alloc, "other");
  ::ecs_os_set_api_defaults();
  const auto log_before = ::ecs_os_get_api().log_;
  void* const older = ::ecs_os_get_api().malloc_(100);  // flecs#103
  ASSERT_TRUE(install_memory(memory));
  EXPECT_TRUE(install_memory(memory)) << "again, the same";
  EXPECT_FALSE(install_memory(other));
  EXPECT_EQ(::ecs_os_get_api().log_, log_before) << "what is not memory stays";
  ::ecs_os_get_api().free_(older);
  EXPECT_EQ(memory.stats().foreign, 1U);
  EXPECT_EQ(::ecs_os_get_api().malloc_(-1), nullptr);
  log.clear();
  const std::size_t before = memory.stats().bytes;

  ecs::FramePlugin plugin(alloc);
  ::ecs_world_t* const world = ::ecs_init();
  ASSERT_NE(world, nullptr);
  EXPECT_GT(memory.stats().bytes, 100'000U);
  EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("game::flecs").heap_bytes);
  add_frame_systems(world, plugin);
  Seen seen{&alloc};
  const ::ecs_id_t ids[] = {ecs_pair(::EcsDependsOn, ::EcsOnUpdate), ::EcsOnUpdate, 0};
  ::ecs_entity_desc_t entity{};
  entity.name = "Update";
  entity.add = ids;
  ::ecs_system_desc_t system{};
  system.entity = ::ecs_entity_init(world, &entity);
  system.callback = [](::ecs_iter_t* it) {
    auto& to = *static_cast<Seen*>(it->ctx);
    if (to.alloc->frame_alloc_batch<int>(10) != nullptr) ++to.in_frame;
  };
  system.ctx = &seen;
  (void)::ecs_system_init(world, &system);
  for (std::uint64_t frame = 1; frame <= 20; ++frame) {
    ::ecs_progress(world, 0.1F);
    EXPECT_EQ(plugin.stats().frames, frame);
    EXPECT_FALSE(alloc.in_frame());
  }
  EXPECT_EQ(seen.in_frame, 20U);
  const std::uint64_t warm = memory.stats().allocations;
  for (int frame = 0; frame < 100; ++frame) ::ecs_progress(world, 0.1F);
  EXPECT_EQ(memory.stats().allocations, warm) << "steady frames allocate nothing";
  EXPECT_EQ(plugin.stats().missed, 0U);
  ::ecs_fini(world);
  EXPECT_LE(memory.stats().bytes, before + 16'384) << "what flecs keeps for the process";
  EXPECT_EQ(log.size(), 0U) << log.last().message;

  // flecs takes no null: each request that the budget denies in its turn is made up for, and told.
  const std::size_t kept = memory.stats().bytes;
  const std::size_t kept_blocks = memory.stats().blocks;
  std::size_t denied = 0;
  for (std::size_t budget = kept + 1; denied < 2000; ++denied) {
    log.clear();
    const std::uint64_t denials = memory.stats().denials;
    ASSERT_TRUE(alloc.budgets()->register_tag_budget("game::flecs", 0, budget));
    ::ecs_world_t* const small = ::ecs_init();
    ASSERT_NE(small, nullptr);
    ::ecs_progress(small, 0.1F);
    ::ecs_fini(small);
    EXPECT_LE(memory.stats().blocks, kept_blocks);
    EXPECT_EQ(memory.stats().denials != denials, log.size() != 0);
    if (log.size() == 0) break;
    const auto first = log.all().front();
    ASSERT_GT(first.requested, first.available);
    // flecs itself makes thousands of requests: of those, every one that is due after a 1/64 more.
    budget += std::max(first.requested - first.available, budget / 64);
  }
  EXPECT_GT(denied, 30U);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("game::flecs", 0, 0));
}

}  // namespace
}  // namespace framealloc::flecs
