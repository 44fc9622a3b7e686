// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever request is denied: the step is done, the loss is told, and nothing is left behind.
#include <gtest/gtest.h>
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "falling_scene.hpp"
#include "support/denials.hpp"
#include "support/report_log.hpp"

namespace {

namespace fb = framealloc::bullet;
using bullet_test::FallingScene;
using bullet_test::Record;
using bullet_test::state_of;
using framealloc::testing::ReportLog;
using framealloc::testing::with_each_request_denied;

framealloc::AllocConfig config_of(ReportLog& log) {
  framealloc::AllocConfig config;
  config.enable_budgets = true;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  return config;
}

// A scene whose first step has much to tell.
struct Expected {
  Expected() {
    FallingScene twin(80);
    twin.step();
    std::set<std::pair<const void*, const void*>> pairs;
    btDispatcher& dispatcher = *twin.world.getDispatcher();
    for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
      const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
      if (manifold.getNumContacts() == 0) continue;
      ++contacts;
      pairs.insert(std::minmax<const void*>(manifold.getBody0(), manifold.getBody1()));
    }
    begins = pairs.size();
    state = state_of(twin.world);
  }
  std::size_t contacts = 0;
  std::size_t begins = 0;
  Record state;
};

TEST(BulletDenied, EachFrameRequestInTurn) {
  const Expected expected;
  ASSERT_GT(expected.contacts, 10U);
  const auto run = [&](std::size_t budget, ReportLog& log) {
    FallingScene ours(80);
    framealloc::SmartAlloc alloc(config_of(log));
    alloc.set_thread_frame_budget(budget);
    fb::EventTracker tracker(ours.world, alloc);
    alloc.begin_frame();
    const fb::StepEvents events = tracker.step(alloc);
    EXPECT_EQ(events.contacts.size() + events.begins.size() + events.dropped,
              expected.contacts + expected.begins);
    EXPECT_TRUE(events.contacts.empty() || events.contacts.size() == expected.contacts);
    EXPECT_TRUE(events.begins.empty() || events.begins.size() == expected.begins);
    EXPECT_EQ(events.sub_steps, 1);
    EXPECT_EQ(log.size() != 0, !events.complete());
    EXPECT_EQ(state_of(ours.world), expected.state);
    alloc.end_frame();
  };
  EXPECT_EQ(with_each_request_denied(run), 2U) << "the contacts and the begins";
}

// Of the tracker too, whose table of pairs is heap memory.
TEST(BulletDenied, EachRequestOfFrameAndHeapInTurn) {
  const Expected expected;
  const auto run = [&](std::size_t budget, ReportLog& log) {
    FallingScene ours(80);
    framealloc::SmartAlloc alloc(config_of(log));
    ASSERT_TRUE(alloc.budgets()->register_tag_budget("physics", 0, budget));
    {
      fb::EventTracker tracker(ours.world, alloc);
      const framealloc::ScopedFrame frame = alloc.scoped_frame();
      const auto tag = alloc.tag_scope("physics");
      const fb::StepEvents events = tracker.step(alloc);
      // A pair of several manifolds that cannot be noted is missing several times.
      EXPECT_GE(events.contacts.size() + events.begins.size() + events.dropped,
                expected.contacts + expected.begins);
      EXPECT_EQ(log.size() != 0, !events.complete());
      EXPECT_EQ(state_of(ours.world), expected.state);
      tracker.forget(ours.bodies.back().get());
    }
    EXPECT_EQ(alloc.stats().total_allocated, 0U);
  };
  EXPECT_GT(with_each_request_denied(run), 3U);
}

// Bullet itself: each request that makes it hold more than before.
TEST(BulletDenied, EachRequestOfTheEngineIsMadeUpFor) {
  FallingScene twin(12);
  for (int i = 0; i < 20; ++i) twin.step();
  const Record expected = state_of(twin.world);
  const auto run = [&](std::size_t budget, ReportLog& log) {
    framealloc::SmartAlloc alloc(config_of(log));
    ASSERT_TRUE(alloc.budgets()->register_tag_budget("physics", 0, budget));
    framealloc::c_hooks::Memory memory(alloc, "physics");
    ASSERT_TRUE(fb::install_memory(memory));
    {
      FallingScene ours(12);
      for (int i = 0; i < 20; ++i) ours.step();
      EXPECT_EQ(state_of(ours.world), expected);
      EXPECT_LE(memory.stats().bytes, budget);
    }
    EXPECT_EQ(memory.stats().denials > 0U, log.size() != 0);
    EXPECT_EQ(memory.stats().blocks, 0U);
    EXPECT_EQ(fb::uninstall_memory(), &memory);
  };
  EXPECT_GT(with_each_request_denied(run), 30U);
}

TEST(BulletDenied, EachRequestToTheSourceInTurn) {
  const Expected expected;
  std::size_t denied = 0;
  for (const bool sticky : {false, true}) {
    for (std::uint64_t fail_at = 1;; ++fail_at) {
      SCOPED_TRACE(testing::Message() << "request " << fail_at);
      ASSERT_LT(fail_at, 200U);
      FallingScene ours(80);
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
        fb::EventTracker tracker(ours.world, alloc);
        alloc.begin_frame();
        const fb::StepEvents events = tracker.step(alloc);
        EXPECT_GE(events.contacts.size() + events.begins.size() + events.dropped,
                  expected.contacts + expected.begins);
        if (!events.complete()) ++denied;
        alloc.end_frame();
      }
      EXPECT_EQ(counted.bytes_in_use(), 0U);
      if (source.failures() == 0) break;
    }
  }
  EXPECT_GT(denied, 0U);
}

TEST(BulletDenied, EachRequestOfAWorldOfOursInTurn) {
  btBoxShape box({0.5F, 0.5F, 0.5F});
  const auto run = [&](std::size_t budget, ReportLog& log) {
    framealloc::SmartAlloc alloc(config_of(log));
    ASSERT_TRUE(alloc.budgets()->register_tag_budget("world", 0, budget));
    {
      const auto tag = alloc.tag_scope("world");
      fb::PhysicsWorld3D world(alloc);
      int made = 0;
      for (int i = 0; i < 5; ++i) {
        made +=
            world.insert_body(btRigidBody::btRigidBodyConstructionInfo(1, nullptr, &box)) != nullptr
                ? 1
                : 0;
      }
      EXPECT_EQ(made == 5, log.size() == 0);
      EXPECT_EQ(world.step(), world ? 1 : 0);
    }
    EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  };
  EXPECT_EQ(with_each_request_denied(run), 6U);
}

}  // namespace
