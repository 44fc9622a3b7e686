// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include "hand_written_listener.hpp"
#include "support/report_log.hpp"

namespace {

namespace fb = framealloc::box2d;
using box2d_test::HandWrittenListener;
using framealloc::testing::ReportLog;

fb::PhysicsWorld2D::Inserted insert_box(fb::PhysicsWorld2D& world, b2Vec2 at, bool moves,
                                        std::uintptr_t user) {
  b2BodyDef body;
  body.type = moves ? b2_dynamicBody : b2_staticBody;
  body.position = at;
  b2PolygonShape box;
  box.SetAsBox(0.5F, 0.5F);
  b2FixtureDef fixture;
  fixture.shape = &box;
  fixture.density = 1;
  fixture.userData.pointer = user;
  return world.insert_body(body, fixture);
}

TEST(PhysicsWorld2D, StandsInTheHeapAndGivesItBack) {
  framealloc::SmartAlloc alloc;
  {
    fb::PhysicsWorld2D world(alloc);
    ASSERT_TRUE(world);
    EXPECT_GE(alloc.stats().heap_allocated, sizeof(b2World));
    EXPECT_FLOAT_EQ(world.world().GetGravity().y, -9.81F);
    world.set_gravity({1, 2});
    EXPECT_FLOAT_EQ(world.world().GetGravity().x, 1);
  }
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST(PhysicsWorld2D, TellsWhatARemovedBodyEnds) {
  framealloc::SmartAlloc alloc;
  fb::PhysicsWorld2D world(alloc);
  HandWrittenListener game;
  world.set_listener(&game);
  insert_box(world, {0, 0}, false, 1);
  const auto box = insert_box(world, {0, 0.995F}, true, 2);
  ASSERT_NE(box.body, nullptr);
  alloc.begin_frame();
  EXPECT_EQ(world.step_with_events(alloc).begins.size(), 1U);
  EXPECT_EQ(game.begins.size(), 1U);
  EXPECT_EQ(world.cast_ray(alloc, {0, 5}, {0, -5}).size(), 2U);
  EXPECT_EQ(world.cast_ray_closest({0, 5}, {0, -5})->fixture, box.fixture);
  b2CircleShape probe;
  probe.m_radius = 0.1F;
  b2Transform at;
  at.Set({0, 3}, 0);
  EXPECT_EQ(world.cast_shape(alloc, probe, at, {0, -3}).size(), 2U);
  at.Set({0, 1}, 0);
  EXPECT_EQ(world.overlap_shape(alloc, probe, at).size(), 1U);
  EXPECT_EQ(world.overlap_aabb(alloc, {{-1, -1}, {1, 2}}).size(), 2U);
  world.remove_body(box.body);
  world.remove_body(nullptr);
  const fb::StepEvents events = world.step_with_events(alloc);
  ASSERT_EQ(events.ends.size(), 1U);
  EXPECT_TRUE(events.ends[0].between_steps);
  EXPECT_EQ(events.ends[0].user_a + events.ends[0].user_b, 3U);
  alloc.end_frame();
}

TEST(PhysicsWorld2D, APlainStepForgetsWhatEndedBeforeIt) {
  framealloc::SmartAlloc alloc;
  fb::PhysicsWorld2D world(alloc);
  insert_box(world, {0, 0}, false, 1);
  const auto box = insert_box(world, {0, 0.995F}, true, 2);
  world.step();
  world.remove_body(box.body);
  world.step();
  alloc.begin_frame();
  EXPECT_TRUE(world.step_with_events(alloc).ends.empty());
  alloc.end_frame();
}

TEST(PhysicsWorld2D, AFixtureWithoutAShapeIsReported) {
  ReportLog log;
  framealloc::AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  framealloc::SmartAlloc alloc(config);
  fb::PhysicsWorld2D world(alloc);
  const auto inserted = world.insert_body(b2BodyDef(), b2FixtureDef());
  EXPECT_EQ(inserted.body, nullptr);
  EXPECT_EQ(inserted.fixture, nullptr);
  EXPECT_EQ(world.world().GetBodyCount(), 0);
  ASSERT_EQ(log.count(framealloc::Code::FA011), 1U);
  EXPECT_NE(log.last().message.find("b2FixtureDef::shape"), std::string::npos);
  EXPECT_EQ(log.last().file, __FILE__);
}

TEST(PhysicsWorld2D, WithoutMemoryDoesNothing) {
  ReportLog log;
  framealloc::NullSource none;
  framealloc::AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  config.upstream = &none;
  framealloc::SmartAlloc alloc(config);
  framealloc::SmartAlloc frames;
  fb::PhysicsWorld2D world(alloc);
  EXPECT_FALSE(world);
  EXPECT_EQ(insert_box(world, {0, 0}, true, 1).body, nullptr);
  world.set_gravity({0, 0});
  world.set_listener(nullptr);
  world.remove_body(nullptr);
  world.step();
  frames.begin_frame();
  EXPECT_TRUE(world.step_with_events(frames).complete());
  EXPECT_TRUE(world.cast_ray(frames, {0, 0}, {1, 0}).empty());
  EXPECT_FALSE(world.cast_ray_closest({0, 0}, {1, 0}).has_value());
  EXPECT_TRUE(world.overlap_aabb(frames, {{0, 0}, {1, 1}}).empty());
  frames.end_frame();
}

}  // namespace
