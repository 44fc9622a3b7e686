// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever request is denied: the step is done, what is delivered is whole, the loss is told, and
// nothing is left behind.
#include <gtest/gtest.h>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <cstddef>

#include "gathered_records.hpp"
#include "hand_written_listener.hpp"
#include "mixed_scene.hpp"
#include "support/denials.hpp"
#include "support/report_log.hpp"

namespace {

namespace fb = framealloc::box2d;
using box2d_test::HandWrittenListener;
using box2d_test::MixedScene;
using box2d_test::Record;
using box2d_test::records;
using box2d_test::state_of;
using framealloc::testing::ReportLog;
using framealloc::testing::with_each_request_denied;

constexpr std::size_t kWarmUp = 45;

// A scene in the middle of its fall, and what the next step has to tell.
struct Prepared {
  Prepared() {
    for (std::size_t i = 0; i < kWarmUp; ++i) {
      scene.before_step(i);
      scene.world.Step(MixedScene::kTimeStep, 8, 3);
    }
  }
  MixedScene scene{200};
};

struct Expected {
  Expected() {
    Prepared twin;
    twin.scene.world.SetContactListener(&listener);
    twin.scene.world.Step(MixedScene::kTimeStep, 8, 3);
    contacts = HandWrittenListener::contacts_of(twin.scene.world);
    state = state_of(twin.scene.world);
    total = contacts.size() + listener.begins.size() + listener.ends.size() + listener.hits.size() +
            listener.sensor_begins.size() + listener.sensor_ends.size();
  }
  HandWrittenListener listener;
  std::vector<Record> contacts;
  Record state;
  std::size_t total = 0;
};

std::size_t delivered(const fb::StepEvents& events) {
  return events.contacts.size() + events.begins.size() + events.ends.size() + events.hits.size() +
         events.sensor_begins.size() + events.sensor_ends.size();
}

template <class Events>
void expect_all_or_none(const Events& events, const std::vector<Record>& all) {
  EXPECT_TRUE(events.empty() || records(events) == all);
}

framealloc::AllocConfig config_of(ReportLog& log) {
  framealloc::AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  return config;
}

TEST(DeniedMemory, NoFrameIsOpen) {
  const Expected expected;
  Prepared ours;
  ReportLog log;
  framealloc::SmartAlloc alloc(config_of(log));
  const fb::StepEvents events = fb::step_with_events(ours.scene.world, alloc);
  EXPECT_EQ(delivered(events), 0U);
  EXPECT_EQ(events.dropped, expected.total);
  EXPECT_FALSE(events.complete());
  EXPECT_EQ(state_of(ours.scene.world), expected.state);
  EXPECT_GT(log.count(framealloc::Code::FA001), 0U);
  EXPECT_EQ(log.last().file, __FILE__) << "the report names the line that stepped";
  std::size_t dropped = 0;
  EXPECT_TRUE(fb::touching_contacts(ours.scene.world, alloc, &dropped).empty());
  EXPECT_EQ(dropped, expected.contacts.size());
}

TEST(DeniedMemory, EachFrameRequestInTurn) {
  const Expected expected;
  const auto run = [&](std::size_t budget, ReportLog& log) {
    Prepared ours;
    framealloc::SmartAlloc alloc(config_of(log));
    alloc.set_thread_frame_budget(budget);
    alloc.begin_frame();
    const fb::StepEvents events = fb::step_with_events(ours.scene.world, alloc);
    EXPECT_EQ(delivered(events) + events.dropped, expected.total);
    expect_all_or_none(events.contacts, expected.contacts);
    expect_all_or_none(events.begins, expected.listener.begins);
    expect_all_or_none(events.ends, expected.listener.ends);
    expect_all_or_none(events.hits, expected.listener.hits);
    expect_all_or_none(events.sensor_begins, expected.listener.sensor_begins);
    expect_all_or_none(events.sensor_ends, expected.listener.sensor_ends);
    EXPECT_EQ(state_of(ours.scene.world), expected.state);
    EXPECT_EQ(alloc.stats().pool_allocated, 0U);
    EXPECT_LE(alloc.stats().frame_allocated, budget);
    EXPECT_EQ(log.size() != 0, !events.complete());
    alloc.end_frame();
  };
  EXPECT_GE(with_each_request_denied(run), 4U);
}

TEST(DeniedMemory, EachPoolRequestInTurn) {
  const Expected expected;
  const auto run = [&](std::size_t budget, ReportLog& log) {
    Prepared ours;
    framealloc::SmartAlloc alloc(config_of(log));
    alloc.set_thread_pool_budget(budget);
    alloc.begin_frame();
    const fb::StepEvents events = fb::step_with_events(ours.scene.world, alloc);
    EXPECT_EQ(delivered(events) + events.dropped, expected.total);
    EXPECT_EQ(records(events.contacts), expected.contacts);
    EXPECT_EQ(state_of(ours.scene.world), expected.state);
    EXPECT_EQ(alloc.stats().pool_allocated, 0U);
    alloc.end_frame();
  };
  EXPECT_GT(with_each_request_denied(run), 2U);
}

TEST(DeniedMemory, EachRequestOfAQueryInTurn) {
  Prepared ours;
  b2PolygonShape probe;
  probe.SetAsBox(6.0F, 3.0F);
  b2Transform at;
  at.Set({0, 3}, 0.2F);
  const auto run = [&](std::size_t budget, ReportLog& log) {
    framealloc::SmartAlloc alloc(config_of(log));
    alloc.set_thread_frame_budget(budget);
    const framealloc::ScopedFrame frame = alloc.scoped_frame();
    std::size_t none = 0;
    none += fb::cast_ray(ours.scene.world, alloc, {-11, 1.5F}, {11, 1.5F}).empty() ? 1U : 0U;
    none += fb::cast_shape(ours.scene.world, alloc, probe, at, {0, -3}).empty() ? 1U : 0U;
    none += fb::overlap_shape(ours.scene.world, alloc, probe, at).empty() ? 1U : 0U;
    none += fb::overlap_aabb(ours.scene.world, alloc, {{-6, 0}, {6, 6}}).empty() ? 1U : 0U;
    EXPECT_EQ(none != 0, log.size() != 0) << "a query that found nothing says so";
  };
  EXPECT_GT(with_each_request_denied(run), 3U);
}

TEST(DeniedMemory, EachRequestOfAWorldOfOursInTurn) {
  const auto run = [&](std::size_t budget, ReportLog& log) {
    framealloc::AllocConfig config = config_of(log);
    config.enable_budgets = true;
    framealloc::SmartAlloc alloc(config);
    ASSERT_TRUE(alloc.budgets()->register_tag_budget("world", 0, budget));
    {
      const auto tag = alloc.tag_scope("world");
      fb::PhysicsWorld2D world(alloc);
      EXPECT_EQ(static_cast<bool>(world), log.size() == 0);
      world.step();
    }
    EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  };
  EXPECT_EQ(with_each_request_denied(run), 1U);
}

TEST(DeniedMemory, EveryRequestToTheSource) {
  const Expected expected;
  for (const bool sticky : {false, true}) {
    for (std::uint64_t fail_at = 1; fail_at < 200; ++fail_at) {
      SCOPED_TRACE(testing::Message() << "request " << fail_at << (sticky ? " and later" : ""));
      Prepared ours;
      ReportLog log;
      framealloc::CountingSource counted(framealloc::system_source());
      framealloc::FailingSource source(counted, fail_at, sticky);
      framealloc::AllocConfig config = framealloc::AllocConfig::minimal();
      config.frame_arena_size = 4096;
      config.frame_chunk_size = 65536;
      config.on_report = &ReportLog::handler;
      config.report_context = &log;
      config.upstream = &source;
      {
        framealloc::SmartAlloc alloc(config);
        alloc.begin_frame();
        const fb::StepEvents events = fb::step_with_events(ours.scene.world, alloc);
        EXPECT_EQ(delivered(events) + events.dropped, expected.total);
        expect_all_or_none(events.contacts, expected.contacts);
        EXPECT_EQ(state_of(ours.scene.world), expected.state);
        EXPECT_EQ(alloc.stats().pool_allocated, 0U);
        alloc.end_frame();
      }
      EXPECT_EQ(counted.bytes_in_use(), 0U);
      if (source.failures() == 0) break;
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
