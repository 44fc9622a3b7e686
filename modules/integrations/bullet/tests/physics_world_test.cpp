// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <memory>

#include "support/report_log.hpp"

namespace {

namespace fb = framealloc::bullet;
using framealloc::testing::ReportLog;

btRigidBody* insert(fb::PhysicsWorld3D& world, btCollisionShape& shape, float mass, float height) {
  btVector3 inertia(0, 0, 0);
  if (mass > 0) shape.calculateLocalInertia(mass, inertia);
  btRigidBody::btRigidBodyConstructionInfo info(mass, nullptr, &shape, inertia);
  info.m_startWorldTransform.setIdentity();
  info.m_startWorldTransform.setOrigin({0, height, 0});
  return world.insert_body(info);
}

TEST(PhysicsWorld3D, StandsInTheHeapAndGivesItBack) {
  framealloc::SmartAlloc alloc;
  btBoxShape box({0.5F, 0.5F, 0.5F});
  {
    fb::PhysicsWorld3D world(alloc);
    ASSERT_TRUE(world);
    EXPECT_FLOAT_EQ(world.world().getGravity().y(), -9.81F);
    world.set_gravity({0, -1, 0});
    EXPECT_FLOAT_EQ(world.world().getGravity().y(), -1);
    for (int i = 0; i < 20; ++i) insert(world, box, 1, 2.0F * static_cast<float>(i));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(world.step(), 1);
    EXPECT_GT(alloc.stats().heap_allocated, 20 * sizeof(btRigidBody));
  }
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
}

TEST(PhysicsWorld3D, TellsWhatARemovedBodyEnds) {
  framealloc::SmartAlloc alloc;
  btBoxShape box({0.5F, 0.5F, 0.5F});
  fb::PhysicsWorld3D world(alloc);
  btRigidBody* const floor = insert(world, box, 0, 0);
  btRigidBody* const top = insert(world, box, 1, 1.0F);
  int user = 0;
  top->setUserPointer(&user);
  alloc.begin_frame();
  EXPECT_EQ(world.step_with_events(alloc).begins.size(), 1U);
  EXPECT_EQ(world.cast_ray(alloc, {0, 5, 0}, {0, -5, 0}).size(), 2U);
  EXPECT_EQ(world.cast_ray_closest({0, 5, 0}, {0, -5, 0})->body, top);
  EXPECT_EQ(world.overlap_aabb(alloc, {-1, -1, -1}, {1, 0.2F, 1}).size(), 1U);
  btSphereShape ball(0.25F);
  const btTransform from(btQuaternion::getIdentity(), {0, 5, 0});
  EXPECT_EQ(world.cast_shape(alloc, ball, from, btTransform(btQuaternion::getIdentity())).size(),
            2U);
  btCollisionObject probe;
  probe.setCollisionShape(&ball);
  probe.setWorldTransform(btTransform(btQuaternion::getIdentity(), {0, 1.5F, 0}));
  EXPECT_EQ(world.overlap_object(alloc, probe).size(), 1U);
  world.remove_body(top);
  world.remove_body(nullptr);
  const fb::StepEvents events = world.step_with_events(alloc);
  ASSERT_EQ(events.ends.size(), 1U);
  EXPECT_TRUE(events.ends[0].between_steps);
  EXPECT_TRUE(events.ends[0].user_a == &user || events.ends[0].user_b == &user);
  EXPECT_TRUE(events.ends[0].body_a == floor || events.ends[0].body_b == floor);
  EXPECT_EQ(world.world().getNumCollisionObjects(), 1);
  alloc.end_frame();
}

TEST(PhysicsWorld3D, LeavesABodyOfTheGamesAlive) {
  framealloc::SmartAlloc alloc;
  btBoxShape box({0.5F, 0.5F, 0.5F});
  btRigidBody own(btRigidBody::btRigidBodyConstructionInfo(0, nullptr, &box));
  fb::PhysicsWorld3D world(alloc);
  world.world().addRigidBody(&own);
  world.remove_body(&own);
  EXPECT_EQ(world.world().getNumCollisionObjects(), 0);
  EXPECT_EQ(own.getCollisionShape(), &box);
}

TEST(PhysicsWorld3D, ABodyWithoutAShapeIsReported) {
  ReportLog log;
  framealloc::AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  framealloc::SmartAlloc alloc(config);
  fb::PhysicsWorld3D world(alloc);
  EXPECT_EQ(world.insert_body(btRigidBody::btRigidBodyConstructionInfo(1, nullptr, nullptr)),
            nullptr);
  ASSERT_EQ(log.count(framealloc::Code::FA011), 1U);
  EXPECT_NE(log.last().message.find("m_collisionShape"), std::string::npos);
  EXPECT_EQ(log.last().file, __FILE__);
}

TEST(PhysicsWorld3D, WithoutMemoryDoesNothing) {
  ReportLog log;
  framealloc::NullSource none;
  framealloc::AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  config.upstream = &none;
  framealloc::SmartAlloc alloc(config);
  framealloc::SmartAlloc frames;
  btBoxShape box({0.5F, 0.5F, 0.5F});
  fb::PhysicsWorld3D world(alloc);
  EXPECT_FALSE(world);
  EXPECT_EQ(insert(world, box, 1, 0), nullptr);
  world.set_gravity({0, 0, 0});
  world.remove_body(nullptr);
  EXPECT_EQ(world.step(), 0);
  frames.begin_frame();
  EXPECT_TRUE(world.step_with_events(frames).complete());
  EXPECT_TRUE(world.cast_ray(frames, {0, 0, 0}, {1, 0, 0}).empty());
  EXPECT_FALSE(world.cast_ray_closest({0, 0, 0}, {1, 0, 0}).has_value());
  EXPECT_TRUE(world.overlap_aabb(frames, {0, 0, 0}, {1, 1, 1}).empty());
  frames.end_frame();
}

}  // namespace
