// SPDX-License-Identifier: MIT OR Apache-2.0
// What ends between two steps, and whose listener is in place when.
#include <gtest/gtest.h>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "gathered_records.hpp"
#include "hand_written_listener.hpp"
#include "mixed_scene.hpp"

namespace {

namespace fb = framealloc::box2d;
using box2d_test::HandWrittenListener;
using box2d_test::MixedScene;
using box2d_test::Record;
using box2d_test::records;

b2ContactListener* listener_of(const b2World& world) {
  return world.GetContactManager().m_contactListener;
}

b2Fixture* add_box(b2World& world, b2Vec2 at, bool moves, std::uintptr_t user,
                   bool sensor = false) {
  b2BodyDef body;
  body.type = moves ? b2_dynamicBody : b2_staticBody;
  body.position = at;
  b2PolygonShape box;
  box.SetAsBox(0.5F, 0.5F);
  b2FixtureDef fixture;
  fixture.shape = &box;
  fixture.density = 1.0F;
  fixture.isSensor = sensor;
  fixture.userData.pointer = user;
  return world.CreateBody(&body)->CreateFixture(&fixture);
}

// A box (2) that rests on another (1) inside a sensor (3).
class EventCollector : public testing::Test {
 protected:
  EventCollector() {
    floor = add_box(world, {0, 0}, false, 1);
    box = add_box(world, {0, 0.995F}, true, 2);
    zone = add_box(world, {0, 1.0F}, false, 3, true);
  }
  fb::StepEvents step(fb::EventCollector& collector) {
    if (alloc.in_frame()) alloc.end_frame();
    alloc.begin_frame();
    return collector.step(alloc);
  }
  framealloc::SmartAlloc alloc;
  b2World world{b2Vec2(0, -10)};
  b2Fixture* floor = nullptr;
  b2Fixture* box = nullptr;
  b2Fixture* zone = nullptr;
};

TEST_F(EventCollector, TellsWhatADestroyedBodyEnded) {
  fb::EventCollector collector(world, alloc);
  const fb::StepEvents before = step(collector);
  ASSERT_EQ(before.begins.size(), 1U);
  ASSERT_EQ(before.sensor_begins.size(), 1U);
  EXPECT_FALSE(before.sensor_begins[0].between_steps);
  EXPECT_EQ(before.contacts.size(), 1U);
  world.DestroyBody(box->GetBody());

  const fb::StepEvents after = step(collector);
  ASSERT_EQ(after.ends.size(), 1U);
  EXPECT_TRUE(after.ends[0].between_steps);
  EXPECT_EQ(after.ends[0].user_a + after.ends[0].user_b, 3U);
  EXPECT_TRUE(after.ends[0].fixture_a == box || after.ends[0].fixture_b == box);
  ASSERT_EQ(after.sensor_ends.size(), 1U);
  EXPECT_TRUE(after.sensor_ends[0].between_steps);
  EXPECT_EQ(after.sensor_ends[0].sensor_user, 3U);
  EXPECT_EQ(after.sensor_ends[0].visitor_user, 2U);
  EXPECT_EQ(after.sensor_ends[0].sensor, zone);
  EXPECT_EQ(after.sensor_ends[0].visitor, box);
  EXPECT_TRUE(after.contacts.empty());
  EXPECT_TRUE(after.complete());

  const fb::StepEvents later = step(collector);
  EXPECT_TRUE(later.ends.empty());
  EXPECT_TRUE(later.sensor_ends.empty());
}

TEST_F(EventCollector, TellsAnEndOfTheStepItself) {
  fb::EventCollector collector(world, alloc);
  (void)step(collector);
  box->GetBody()->SetTransform({0, 5}, 0);
  const fb::StepEvents events = step(collector);
  ASSERT_EQ(events.ends.size(), 1U);
  EXPECT_FALSE(events.ends[0].between_steps);
  ASSERT_EQ(events.sensor_ends.size(), 1U);
  EXPECT_FALSE(events.sensor_ends[0].between_steps);
}

TEST_F(EventCollector, KeepsEndsBetweenStepsBeforeThoseOfTheStep) {
  b2Fixture* const other = add_box(world, {3, 0.995F}, true, 5);
  add_box(world, {3, 0}, false, 4);
  fb::EventCollector collector(world, alloc);
  (void)step(collector);
  other->GetBody()->SetTransform({3, 5}, 0);
  world.DestroyBody(box->GetBody());
  const fb::StepEvents events = step(collector);
  ASSERT_EQ(events.ends.size(), 2U);
  EXPECT_TRUE(events.ends[0].between_steps);
  EXPECT_EQ(events.ends[0].user_a + events.ends[0].user_b, 3U);
  EXPECT_FALSE(events.ends[1].between_steps);
  EXPECT_EQ(events.ends[1].user_a + events.ends[1].user_b, 9U);
}

TEST_F(EventCollector, ABodyWhoseContactBeganIsDestroyedBeforeTheEventsAreRead) {
  fb::EventCollector collector(world, alloc);
  const fb::StepEvents events = step(collector);
  ASSERT_EQ(events.begins.size(), 1U);
  world.DestroyBody(box->GetBody());
  EXPECT_TRUE(events.begins[0].fixture_a == box || events.begins[0].fixture_b == box);
  EXPECT_EQ(events.contacts[0].points.size(), 2U);
  EXPECT_GE(step(collector).ends.size(), 1U);
}

TEST_F(EventCollector, PutsTheGamesListenerBack) {
  HandWrittenListener game;
  world.SetContactListener(&game);
  {
    fb::EventCollector collector(world, alloc);
    EXPECT_NE(listener_of(world), &game);
    EXPECT_EQ(collector.listener(), &game);
    (void)step(collector);
    EXPECT_EQ(game.begins.size(), 1U);
    EXPECT_EQ(game.sensor_begins.size(), 1U);
    world.DestroyBody(box->GetBody());
    EXPECT_EQ(game.ends.size(), 1U) << "the game's listener did not see the end between the steps";
  }
  EXPECT_EQ(listener_of(world), &game);
}

TEST_F(EventCollector, PassesStepsOfTheGamesOwnOn) {
  HandWrittenListener game;
  HandWrittenListener alone;
  b2World twin(b2Vec2(0, -10));
  add_box(twin, {0, 0}, false, 1);
  add_box(twin, {0, 0.995F}, true, 2);
  add_box(twin, {0, 1.0F}, false, 3, true);
  world.SetContactListener(&game);
  twin.SetContactListener(&alone);
  fb::EventCollector collector(world, alloc);
  for (int i = 0; i < 10; ++i) {
    world.Step(1.0F / 60, 8, 3);
    twin.Step(1.0F / 60, 8, 3);
  }
  EXPECT_EQ(game.calls, alone.calls);
  EXPECT_GT(game.calls.size(), 10U);
  EXPECT_TRUE(step(collector).begins.empty()) << "what a step of the game's own began is not told";
}

TEST_F(EventCollector, ChangesTheListener) {
  HandWrittenListener first;
  HandWrittenListener second;
  world.SetContactListener(&first);
  {
    fb::EventCollector collector(world, alloc);
    collector.set_listener(&second);
    (void)step(collector);
    collector.set_listener(nullptr);
    (void)step(collector);
  }
  EXPECT_TRUE(first.calls.empty());
  EXPECT_EQ(second.begins.size(), 1U);
  EXPECT_EQ(listener_of(world), nullptr);
}

// Hands over to another at its first call, as one that removes itself does.
class HandsOver : public b2ContactListener {
 public:
  explicit HandsOver(std::function<void()> hand_over) : hand_over_(std::move(hand_over)) {}
  void BeginContact(b2Contact*) override {
    ++begins;
    hand_over_();
  }
  void PostSolve(b2Contact*, const b2ContactImpulse*) override { ++solved; }
  int begins = 0;
  int solved = 0;

 private:
  std::function<void()> hand_over_;
};

TEST_F(EventCollector, AListenerThatHandsOverInsideItsCallIsCalledNoMore) {
  add_box(world, {5, 0}, false, 4);
  add_box(world, {5, 0.995F}, true, 5);
  HandWrittenListener second;
  fb::EventCollector collector(world, alloc);
  HandsOver first([&] { collector.set_listener(&second); });
  collector.set_listener(&first);
  const fb::StepEvents events = step(collector);
  EXPECT_EQ(events.begins.size() + events.sensor_begins.size(), 3U);
  EXPECT_TRUE(events.complete());
  EXPECT_EQ(first.begins, 1);
  EXPECT_EQ(first.solved, 0);
  EXPECT_EQ(second.begins.size() + second.sensor_begins.size(), 2U);

  HandsOver last([&] { collector.set_listener(nullptr); });
  collector.set_listener(&last);
  box->GetBody()->SetTransform({0, 5}, 0);
  (void)step(collector);
  box->GetBody()->SetTransform({0, 0.995F}, 0);
  (void)step(collector);
  EXPECT_EQ(last.begins, 1);
  EXPECT_EQ(collector.listener(), nullptr);
}

TEST_F(EventCollector, AListenerThatACallPutsInPlaceStaysThere) {
  HandWrittenListener second;
  HandsOver first([&] { world.SetContactListener(&second); });
  world.SetContactListener(&first);
  alloc.begin_frame();
  const fb::StepEvents events = fb::step_with_events(world, alloc);
  EXPECT_EQ(listener_of(world), &second);
  EXPECT_EQ(first.begins, 1);
  EXPECT_FALSE(events.complete()) << "what it saw instead is missing";
  EXPECT_EQ(events.contacts.size(), 1U);
}

TEST_F(EventCollector, LeavesAListenerThatWasPutInPlaceAfterIt) {
  HandWrittenListener late;
  {
    fb::EventCollector collector(world, alloc);
    world.SetContactListener(&late);
    const fb::StepEvents events = step(collector);
    EXPECT_EQ(events.begins.size(), 1U);
    EXPECT_EQ(late.begins.size(), 1U);
    EXPECT_EQ(listener_of(world), &late);
  }
  EXPECT_EQ(listener_of(world), &late);
}

TEST_F(EventCollector, TwoOfOneWorldBothTell) {
  fb::EventCollector first(world, alloc);
  fb::EventCollector second(world, alloc);
  const fb::StepEvents events = step(second);
  EXPECT_EQ(events.begins.size(), 1U);
  world.DestroyBody(box->GetBody());
  EXPECT_EQ(step(first).ends.size(), 1U);
  EXPECT_EQ(step(second).ends.size(), 1U);
}

TEST_F(EventCollector, OutlivesAWorldThatItWasDetachedFrom) {
  auto own = std::make_unique<b2World>(b2Vec2(0, -10));
  add_box(*own, {0, 0}, false, 1);
  b2Fixture* const top = add_box(*own, {0, 0.995F}, true, 2);
  fb::EventCollector collector(*own, alloc);
  (void)step(collector);
  own->DestroyBody(top->GetBody());  // pending when the world goes
  collector.detach();
  own.reset();
  const fb::StepEvents events = step(collector);
  EXPECT_TRUE(events.ends.empty() && events.contacts.empty() && events.complete());
}

TEST_F(EventCollector, EndsBeforeTheWorldWithPendingEndsAndLeaksNothing) {
  for (int i = 0; i < 200; ++i) add_box(world, {3.0F * static_cast<float>(i + 1), 0.5F}, false, 7);
  std::vector<b2Fixture*> tops;
  for (int i = 0; i < 200; ++i) {
    tops.push_back(add_box(world, {3.0F * static_cast<float>(i + 1), 1.49F}, true, 8));
  }
  {
    fb::EventCollector collector(world, alloc);
    EXPECT_EQ(step(collector).begins.size(), 201U);
    for (b2Fixture* top : tops) world.DestroyBody(top->GetBody());
    EXPECT_GT(alloc.stats().pool_allocated, 0U) << "more pending ends than the collector holds";
  }
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
  world.Step(1.0F / 60, 8, 3);
}

// A listener that only reads: it asks the world for its contacts inside a callback.
class Reader : public b2ContactListener {
 public:
  explicit Reader(framealloc::SmartAlloc& alloc) : alloc_(alloc) {}
  void BeginContact(b2Contact* contact) override {
    b2World* const world = contact->GetFixtureA()->GetBody()->GetWorld();
    contacts += fb::touching_contacts(*world, alloc_).size();
    const b2Vec2 at = contact->GetFixtureB()->GetBody()->GetPosition();
    hits += fb::cast_ray(*world, alloc_, at + b2Vec2(0, 20), at - b2Vec2(0, 20)).size();
    (void)alloc_.frame_alloc<char>();
  }
  std::size_t contacts = 0;
  std::size_t hits = 0;

 private:
  framealloc::SmartAlloc& alloc_;
};

TEST_F(EventCollector, AListenerMayUseFrameMemoryAndQueriesInsideItsCalls) {
  MixedScene ours;
  MixedScene twin;
  HandWrittenListener listener;
  twin.world.SetContactListener(&listener);
  Reader reader(alloc);
  ours.world.SetContactListener(&reader);
  fb::EventCollector collector(ours.world, alloc);
  for (std::size_t i = 0; i < 90; ++i) {
    ours.before_step(i);
    twin.before_step(i);
    listener.start_step();
    const fb::StepEvents events = step(collector);
    twin.world.Step(MixedScene::kTimeStep, 8, 3);
    ASSERT_EQ(records(events.begins), listener.begins);
    ASSERT_EQ(records(events.ends), listener.ends);
    ASSERT_EQ(records(events.hits), listener.hits);
    ASSERT_EQ(records(events.contacts), HandWrittenListener::contacts_of(twin.world));
  }
  EXPECT_GT(reader.contacts, 0U);
  EXPECT_GT(reader.hits, 0U);
}

}  // namespace
