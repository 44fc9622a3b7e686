// SPDX-License-Identifier: MIT OR Apache-2.0
// Every point of every manifold, and who began and ceased to touch, against a twin world that is read
// by hand.
#include <gtest/gtest.h>
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>

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

TEST(BulletEvents, BlocksInUseFindTheirWayHomeOverEveryChange) {
  framealloc::SmartAlloc alloc;
  framealloc::SmartAlloc elsewhere;
  framealloc::c_hooks::Memory memory(alloc, "one");
  framealloc::c_hooks::Memory other(elsewhere, "other");
  ASSERT_TRUE(fb::install_memory(memory));
  auto first = std::make_unique<btAlignedObjectArray<int>>();
  first->resize(100, 1);
  auto second = std::make_unique<btAlignedObjectArray<int>>(*first);
  EXPECT_EQ(fb::uninstall_memory(), &memory);
  auto third = std::make_unique<btAlignedObjectArray<int>>(*first);
  EXPECT_EQ(memory.stats().blocks, 2U) << "from the C library again";
  first.reset();
  EXPECT_EQ(memory.stats().blocks, 1U);
  ASSERT_TRUE(fb::install_memory(other));
  second.reset();
  EXPECT_EQ(memory.stats().blocks, 0U);
  third.reset();
  EXPECT_EQ(other.stats().allocations, 0U);
  EXPECT_EQ(fb::uninstall_memory(), &other);
}

}  // namespace
