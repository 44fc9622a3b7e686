// SPDX-License-Identifier: MIT OR Apache-2.0
// Every point of every manifold, and who began and ceased to touch, against a twin world that is read
// by hand.
#include <gtest/gtest.h>
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>
#include <framealloc/testing/no_heap_in_scope.hpp>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "falling_scene.hpp"
#include "support/report_log.hpp"

namespace {

namespace fb = framealloc::bullet;
using bullet_test::append;
using bullet_test::bits;
using bullet_test::FallingScene;
using bullet_test::number;
using bullet_test::Record;
using bullet_test::state_of;
using framealloc::testing::NoHeapInScope;
using framealloc::testing::ReportLog;

std::vector<Record> records(std::span<const fb::Contact> contacts) {
  std::vector<Record> all;
  for (const fb::Contact& contact : contacts) {
    Record record{number(contact.body_a), number(contact.body_b), contact.sensor ? 1U : 0U};
    for (const fb::ContactPoint& point : contact.points) {
      append(record, point.on_a);
      append(record, point.on_b);
      append(record, point.local_a);
      append(record, point.local_b);
      append(record, point.normal_on_b);
      record.push_back(bits(point.distance));
      record.push_back(bits(point.impulse));
      record.push_back(static_cast<std::uint64_t>(point.life_time));
    }
    all.push_back(record);
  }
  return all;
}

std::vector<Record> manifolds_of(btCollisionWorld& world) {
  std::vector<Record> all;
  btDispatcher& dispatcher = *world.getDispatcher();
  for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
    const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
    if (manifold.getNumContacts() == 0) continue;
    const auto is_ghost = [](const btCollisionObject* object) {
      return (object->getCollisionFlags() & btCollisionObject::CF_NO_CONTACT_RESPONSE) != 0;
    };
    Record record{number(manifold.getBody0()), number(manifold.getBody1()),
                  is_ghost(manifold.getBody0()) || is_ghost(manifold.getBody1()) ? 1U : 0U};
    for (int n = 0; n < manifold.getNumContacts(); ++n) {
      const btManifoldPoint& point = manifold.getContactPoint(n);
      append(record, point.getPositionWorldOnA());
      append(record, point.getPositionWorldOnB());
      append(record, point.m_localPointA);
      append(record, point.m_localPointB);
      append(record, point.m_normalWorldOnB);
      record.push_back(bits(point.getDistance()));
      record.push_back(bits(point.getAppliedImpulse()));
      record.push_back(static_cast<std::uint64_t>(point.getLifeTime()));
    }
    all.push_back(record);
  }
  return all;
}

using PairSet = std::set<std::pair<std::uint64_t, std::uint64_t>>;

std::pair<std::uint64_t, std::uint64_t> ordered(std::uint64_t a, std::uint64_t b) {
  return std::minmax(a, b);
}

PairSet pairs_of(const std::vector<Record>& contacts) {
  PairSet all;
  for (const Record& contact : contacts) all.insert(ordered(contact[0], contact[1]));
  return all;
}

// Requirement: none stands there twice.
PairSet pairs_of(std::span<const fb::PairEvent> events) {
  PairSet all;
  for (const fb::PairEvent& event : events) {
    all.insert(ordered(reinterpret_cast<std::uintptr_t>(event.user_a),
                       reinterpret_cast<std::uintptr_t>(event.user_b)));
  }
  EXPECT_EQ(all.size(), events.size());
  return all;
}

PairSet without(const PairSet& all, const PairSet& some) {
  PairSet rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

TEST(BulletEvents, EqualThoseOfATwinWorldToTheBit) {
  framealloc::SmartAlloc alloc;
  FallingScene ours;
  FallingScene twin;
  fb::EventTracker tracker(ours.world, alloc);
  PairSet before;
  std::size_t contacts = 0;
  std::size_t begins = 0;
  std::size_t ends = 0;
  std::size_t several = 0;
  for (std::size_t step = 0; step < 500; ++step) {
    ours.before_step(step);
    twin.before_step(step);
    alloc.begin_frame();
    const fb::StepEvents events = tracker.step(alloc);
    twin.step();
    const std::vector<Record> expected = manifolds_of(twin.world);
    ASSERT_EQ(records(events.contacts), expected) << "step " << step;
    const PairSet now = pairs_of(expected);
    ASSERT_EQ(pairs_of(events.begins), without(now, before)) << "step " << step;
    ASSERT_EQ(pairs_of(events.ends), without(before, now)) << "step " << step;
    ASSERT_EQ(state_of(ours.world), state_of(twin.world)) << "step " << step;
    EXPECT_EQ(events.sub_steps, 1);
    EXPECT_TRUE(events.complete());
    for (const fb::PairEvent& end : events.ends) EXPECT_FALSE(end.between_steps);
    contacts += expected.size();
    begins += events.begins.size();
    ends += events.ends.size();
    several += expected.size() - now.size();
    before = now;
    alloc.end_frame();
  }
  EXPECT_GT(contacts, 100'000U);
  EXPECT_GT(begins, 1000U);
  EXPECT_GT(ends, 1000U);
  EXPECT_GT(several, 100U) << "no two objects had two manifolds";
}

TEST(BulletEvents, TouchingContactsAreThoseOfTheWorld) {
  framealloc::SmartAlloc alloc;
  FallingScene scene(60);
  for (int i = 0; i < 60; ++i) scene.step();
  const std::vector<Record> expected = manifolds_of(scene.world);
  std::size_t dropped = 7;
  alloc.begin_frame();
  EXPECT_EQ(records(fb::touching_contacts(scene.world, alloc, &dropped)), expected);
  EXPECT_EQ(dropped, 0U);
  alloc.end_frame();
}

TEST(BulletEvents, AForgottenBodyEndsItsPairsWithItsUserData) {
  framealloc::SmartAlloc alloc;
  FallingScene scene(1);
  btRigidBody& body = *scene.bodies.back();
  fb::EventTracker tracker(scene.world, alloc);
  alloc.begin_frame();
  std::size_t touching = 0;
  for (int i = 0; i < 120; ++i) touching = tracker.step(alloc).contacts.size();
  ASSERT_GT(touching, 0U);
  body.setUserPointer(reinterpret_cast<void*>(std::uintptr_t{99}));
  const btCollisionObject* const address = &body;
  tracker.forget(&body);
  scene.world.removeRigidBody(&body);
  scene.bodies.pop_back();
  const fb::StepEvents events = tracker.step(alloc);
  ASSERT_EQ(events.ends.size(), touching);
  for (const fb::PairEvent& end : events.ends) {
    EXPECT_TRUE(end.between_steps);
    EXPECT_TRUE(end.body_a == address || end.body_b == address);
    EXPECT_TRUE(end.user_a == reinterpret_cast<void*>(std::uintptr_t{99}) ||
                end.user_b == reinterpret_cast<void*>(std::uintptr_t{99}));
  }
  EXPECT_TRUE(tracker.step(alloc).ends.empty());
  alloc.end_frame();
}

TEST(BulletEvents, ABodyThatTakesTheForgottenOnesAddressBegins) {
  framealloc::SmartAlloc alloc;
  FallingScene scene(1);
  btRigidBody& body = *scene.bodies.back();
  fb::EventTracker tracker(scene.world, alloc);
  alloc.begin_frame();
  for (int i = 0; i < 120; ++i) (void)tracker.step(alloc);
  tracker.forget(&body);  // and it stays: as a new one at the same place would
  const fb::StepEvents events = tracker.step(alloc);
  EXPECT_GT(events.begins.size(), 0U);
  EXPECT_EQ(events.begins.size(), events.ends.size());
  EXPECT_TRUE(tracker.step(alloc).begins.empty());
  alloc.end_frame();
}

TEST(BulletEvents, ABodyRemovedWithoutAWordEndsWithTheUserDataItHad) {
  framealloc::SmartAlloc alloc;
  FallingScene scene(1);
  fb::EventTracker tracker(scene.world, alloc);
  alloc.begin_frame();
  for (int i = 0; i < 120; ++i) (void)tracker.step(alloc);
  scene.world.removeRigidBody(scene.bodies.back().get());
  const std::size_t user = scene.bodies.size();
  scene.bodies.pop_back();
  const fb::StepEvents events = tracker.step(alloc);
  ASSERT_GT(events.ends.size(), 0U);
  EXPECT_FALSE(events.ends[0].between_steps);
  EXPECT_TRUE(events.ends[0].user_a == reinterpret_cast<void*>(user) ||
              events.ends[0].user_b == reinterpret_cast<void*>(user));
  alloc.end_frame();
}

TEST(BulletEvents, TheWholeStepCallsNoMallocInSteadyState) {
  framealloc::SmartAlloc alloc;
  framealloc::c_hooks::Memory memory(alloc, "physics");
  ASSERT_TRUE(fb::install_memory(memory));
  {
    FallingScene scene;
    fb::EventTracker tracker(scene.world, alloc);
    std::size_t hits = 0;
    btSphereShape& probe = scene.keep<btSphereShape>(0.5F);
    btCollisionObject object;
    object.setCollisionShape(&probe);
    object.setWorldTransform(btTransform(btQuaternion::getIdentity(), {1, 1, 1}));
    for (std::size_t step = 0; step < 300; ++step) {
      scene.before_step(step);
      NoHeapInScope none;
      alloc.begin_frame();
      const fb::StepEvents events = tracker.step(alloc);
      hits += fb::cast_ray(scene.world, alloc, {-9, 0.5F, 0}, {9, 0.5F, 0}).size();
      hits += fb::cast_ray_closest(scene.world, {0, 9, 0}, {0, -9, 0}) ? 1U : 0U;
      hits += fb::cast_shape(scene.world, alloc, probe,
                             btTransform(btQuaternion::getIdentity(), {0, 9, 0}),
                             btTransform(btQuaternion::getIdentity(), {0, -1, 0}))
                  .size();
      hits += fb::overlap_aabb(scene.world, alloc, {-2, -2, -2}, {2, 2, 2}).size();
      hits += fb::overlap_object(scene.world, alloc, object).size();
      alloc.end_frame();
      if (step >= 150) {
        ASSERT_TRUE(none) << "step " << step << ": " << none.message();
      }
      (void)none.none();
      EXPECT_TRUE(events.complete());
    }
    EXPECT_GT(hits, 1000U);
    EXPECT_GT(memory.stats().bytes, 100'000U);
  }
  EXPECT_EQ(fb::uninstall_memory(), &memory);
  EXPECT_EQ(memory.stats().blocks, 0U);
}

TEST(BulletEvents, OneMemoryAtATimeAndBlocksFromBeforeGoHome) {
  framealloc::SmartAlloc alloc;
  framealloc::c_hooks::Memory memory(alloc, "one");
  framealloc::c_hooks::Memory other(alloc, "other");
  auto before = std::make_unique<FallingScene>(40);
  ASSERT_TRUE(fb::install_memory(memory));
  EXPECT_FALSE(fb::install_memory(other));
  for (int i = 0; i < 30; ++i) before->step();
  before.reset();  // blocks of both
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_EQ(fb::uninstall_memory(), &memory);
  EXPECT_EQ(fb::uninstall_memory(), nullptr);
}

TEST(BulletEvents, MemoryThatDeniesIsMadeUpFor) {
  ReportLog log;
  framealloc::AllocConfig config;
  config.enable_budgets = true;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  framealloc::SmartAlloc alloc(config);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("physics", 0, 65536));
  framealloc::c_hooks::Memory memory(alloc, "physics");
  ASSERT_TRUE(fb::install_memory(memory));
  {
    FallingScene twin(60);
    FallingScene ours(60);
    for (int i = 0; i < 60; ++i) {
      ours.step();
      twin.step();
    }
    EXPECT_EQ(state_of(ours.world), state_of(twin.world));
    EXPECT_LE(memory.stats().bytes, 65536U);
    EXPECT_GT(memory.stats().denials, 0U);
  }
  EXPECT_EQ(fb::uninstall_memory(), &memory);
}

struct Totals {
  std::size_t contacts, begins;
};

Totals expected_of_one_step() {
  FallingScene twin(80);
  twin.step();
  const std::vector<Record> contacts = manifolds_of(twin.world);
  return {contacts.size(), pairs_of(contacts).size()};
}

TEST(BulletEvents, EveryBudgetOfTheFrameIsSurvivedAndTheLossTold) {
  const Totals expected = expected_of_one_step();
  ASSERT_GT(expected.contacts, 10U);
  std::size_t complete = 0;
  std::size_t denied = 0;
  for (std::size_t budget = 16; complete < 2; budget += budget < 256 ? 48 : 2048) {
    FallingScene ours(80);
    ReportLog log;
    framealloc::AllocConfig config;
    config.on_report = &ReportLog::handler;
    config.report_context = &log;
    framealloc::SmartAlloc alloc(config);
    alloc.set_thread_frame_budget(budget);
    fb::EventTracker tracker(ours.world, alloc);
    alloc.begin_frame();
    const fb::StepEvents events = tracker.step(alloc);
    EXPECT_EQ(events.contacts.size() + events.begins.size() + events.dropped,
              expected.contacts + expected.begins)
        << budget;
    EXPECT_EQ(events.sub_steps, 1);
    EXPECT_EQ(log.size() != 0, !events.complete());
    ++(events.complete() ? complete : denied);
    alloc.end_frame();
    alloc.begin_frame();
    (void)tracker.step(alloc);
    alloc.end_frame();
  }
  EXPECT_GT(denied, 3U);
}

TEST(BulletEvents, EveryRequestToTheSourceIsSurvivedAndTheLossTold) {
  const Totals expected = expected_of_one_step();
  std::size_t denied = 0;
  for (std::uint64_t fail_at = 1; fail_at < 200; ++fail_at) {
    FallingScene ours(80);
    ReportLog log;
    framealloc::CountingSource counted(framealloc::system_source());
    framealloc::FailingSource source(counted, fail_at, true);
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
  EXPECT_GT(denied, 0U);
}

}  // namespace
