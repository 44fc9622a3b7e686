// SPDX-License-Identifier: MIT OR Apache-2.0
// A world under a tag, and frames in its pipeline. Compiled against the stub, and against flecs itself
// where its sources are. The OS interface is taken once in a process: one test.
#include <framealloc/flecs/hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/report_log.hpp"

#include <cstdint>

namespace framealloc::flecs {
namespace {

struct Seen {
  SmartAlloc* alloc;
  std::uint64_t in_frame = 0;
};

TEST(FlecsHooks, AWorldLivesUnderItsTagAndItsTicksAreFrames) {
  framealloc::testing::ReportLog log;
  SmartAlloc alloc(
      AllocConfig().with_report_handler(&framealloc::testing::ReportLog::handler, &log));
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
}

}  // namespace
}  // namespace framealloc::flecs
