// SPDX-License-Identifier: MIT OR Apache-2.0
// The events of a step, copied before the next one overwrites them. Compiled against the stub in both
// of Box2D's shapes, and against Box2D itself where its sources are.
#include <framealloc/box2d_v3/physics.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "scene.hpp"
#include "support/denials.hpp"
#include "support/report_log.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace framealloc::box2d_v3 {
namespace {

using box2d_v3_test::number;
using box2d_v3_test::Scene;
using box2d_v3_test::SwingingScene;
using framealloc::testing::ReportLog;

std::size_t entries_of(const StepEvents& events) {
  return events.contacts.size() + events.begins.size() + events.ends.size() + events.hits.size() +
         events.sensor_begins.size() + events.sensor_ends.size() + events.moves.size();
}

bool same(b2ShapeId a, b2ShapeId b) { return b2StoreShapeId(a) == b2StoreShapeId(b); }
bool same(b2Vec2 a, b2Vec2 b) { return a.x == b.x && a.y == b.y; }

// What Box2D itself still has of the step.
void expect_what_box2d_tells(const StepEvents& events, b2WorldId world) {
  const b2ContactEvents contacts = b2World_GetContactEvents(world);
  ASSERT_EQ(events.begins.size(), static_cast<std::size_t>(contacts.beginCount));
  for (std::size_t i = 0; i < events.begins.size(); ++i) {
    EXPECT_TRUE(same(events.begins[i].shape_a, contacts.beginEvents[i].shapeIdA));
    EXPECT_TRUE(same(events.begins[i].shape_b, contacts.beginEvents[i].shapeIdB));
    const b2Vec2 normal = events.begins[i].normal;
    EXPECT_NEAR(normal.x * normal.x + normal.y * normal.y, 1, 1e-3);
  }
  ASSERT_EQ(events.ends.size(), static_cast<std::size_t>(contacts.endCount));
  for (std::size_t i = 0; i < events.ends.size(); ++i) {
    EXPECT_TRUE(same(events.ends[i].shape_a, contacts.endEvents[i].shapeIdA));
    EXPECT_TRUE(same(events.ends[i].shape_b, contacts.endEvents[i].shapeIdB));
    EXPECT_EQ(events.ends[i].user_a, b2Shape_GetUserData(events.ends[i].shape_a));
    EXPECT_FALSE(events.ends[i].between_steps);
  }
  ASSERT_EQ(events.hits.size(), static_cast<std::size_t>(contacts.hitCount));
  for (std::size_t i = 0; i < events.hits.size(); ++i) {
    EXPECT_TRUE(same(events.hits[i].shape_a, contacts.hitEvents[i].shapeIdA));
    EXPECT_TRUE(same(events.hits[i].shape_b, contacts.hitEvents[i].shapeIdB));
    EXPECT_EQ(events.hits[i].point.x, contacts.hitEvents[i].point.x);
    EXPECT_TRUE(same(events.hits[i].normal, contacts.hitEvents[i].normal));
    EXPECT_EQ(events.hits[i].approach_speed, contacts.hitEvents[i].approachSpeed);
  }
  const b2SensorEvents sensors = b2World_GetSensorEvents(world);
  ASSERT_EQ(events.sensor_begins.size(), static_cast<std::size_t>(sensors.beginCount));
  for (std::size_t i = 0; i < events.sensor_begins.size(); ++i) {
    EXPECT_TRUE(same(events.sensor_begins[i].visitor, sensors.beginEvents[i].visitorShapeId));
    EXPECT_EQ(number(events.sensor_begins[i].sensor_user), 4U);
  }
  ASSERT_EQ(events.sensor_ends.size(), static_cast<std::size_t>(sensors.endCount));
  for (std::size_t i = 0; i < events.sensor_ends.size(); ++i) {
    EXPECT_TRUE(same(events.sensor_ends[i].visitor, sensors.endEvents[i].visitorShapeId));
  }
  const b2BodyEvents bodies = b2World_GetBodyEvents(world);
  ASSERT_EQ(events.moves.size(), static_cast<std::size_t>(bodies.moveCount));
  for (std::size_t i = 0; i < events.moves.size(); ++i) {
    EXPECT_EQ(events.moves[i].user, bodies.moveEvents[i].userData);
    EXPECT_EQ(events.moves[i].placement.p.x, bodies.moveEvents[i].transform.p.x);
  }
}

using Pairs = std::map<std::pair<std::uint64_t, std::uint64_t>, b2Vec2>;

// Every contact of every ball, once.
Pairs contacts_of(const SwingingScene& scene) {
  Pairs all;
  std::vector<b2ContactData> data;
  for (const Scene::Object& ball : scene.balls) {
    data.resize(static_cast<std::size_t>(b2Shape_GetContactCapacity(ball.shape)));
    const int count =
        b2Shape_GetContactData(ball.shape, data.data(), static_cast<int>(data.size()));
    for (int i = 0; i < count; ++i) {
      const b2ContactData& contact = data[static_cast<std::size_t>(i)];
      all[{b2StoreShapeId(contact.shapeIdA), b2StoreShapeId(contact.shapeIdB)}] =
          contact.manifold.normal;
    }
  }
  return all;
}

TEST(Box2dV3Events, AreThoseThatBox2dTellsAndOutliveTheNextStep) {
  SmartAlloc alloc;
  SwingingScene scene;
  EventCollector collector(scene.world, alloc);
  std::array<std::size_t, 7> totals{};
  for (std::size_t step = 0; step < 300; ++step) {
    scene.before_step(step);
    const ScopedFrame frame = alloc.scoped_frame();
    const StepEvents events =
        step % 2 == 0 ? collector.step(alloc) : step_with_events(scene.world, alloc);
    ASSERT_TRUE(events.complete());
    expect_what_box2d_tells(events, scene.world);
    const Pairs expected = contacts_of(scene);
    ASSERT_EQ(events.contacts.size(), expected.size());
    for (const Contact& contact : events.contacts) {
      const auto at =
          expected.find({b2StoreShapeId(contact.shape_a), b2StoreShapeId(contact.shape_b)});
      ASSERT_NE(at, expected.end());
      EXPECT_TRUE(same(contact.manifold.normal, at->second));
    }
    EXPECT_EQ(touching_contacts(scene.world, alloc).size(), expected.size());
    totals[0] += events.contacts.size();
    totals[1] += events.begins.size();
    totals[2] += events.ends.size();
    totals[3] += events.hits.size();
    totals[4] += events.sensor_begins.size();
    totals[5] += events.sensor_ends.size();
    totals[6] += events.moves.size();
    if (step % 20 != 0) continue;
    const std::vector<BeginEvent> before(events.begins.begin(), events.begins.end());
    b2World_Step(scene.world, 1.0F / 600, 1);  // overwrites Box2D's own
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_TRUE(same(before[i].shape_a, events.begins[i].shape_a));
    }
  }
  for (std::size_t i = 0; i < totals.size(); ++i) EXPECT_GT(totals[i], 10U) << "list " << i;
}

// A ball (2) that touches a fixed one (1) inside a sensor (3).
struct Touching {
  Touching() {
    scene.add(0, 0, 1, 1, false);
    ball = scene.add(1.45F, 0, 0.5F, 2);
    scene.add(2.3F, 0, 1, 3, false, true);
  }
  template <class Step>
  void expect_begins(Step&& step, SmartAlloc& alloc) {
    std::size_t begins = 0;
    std::size_t entered = 0;
    for (int i = 0; i < 5; ++i) {
      const ScopedFrame frame = alloc.scoped_frame();
      const StepEvents events = step(alloc);
      begins += events.begins.size();
      entered += events.sensor_begins.size();
    }
    ASSERT_EQ(begins, 1U);
    ASSERT_EQ(entered, 1U);
  }
  Scene scene;
  Scene::Object ball;
};

TEST(Box2dV3Events, ADestroyedBodyEndsItsPairsWithItsUserData) {
  SmartAlloc alloc;
  Touching touching;
  EventCollector collector(touching.scene.world, alloc);
  const auto step = [&](SmartAlloc& with) { return collector.step(with); };
  ASSERT_NO_FATAL_FAILURE(touching.expect_begins(step, alloc));
  b2DestroyBody(touching.ball.body);
  std::size_t ends = 0;
  std::size_t left = 0;
  for (int i = 0; i < 3; ++i) {
    const ScopedFrame frame = alloc.scoped_frame();
    const StepEvents events = collector.step(alloc);
    for (const EndEvent& end : events.ends) {
      ++ends;
      EXPECT_EQ(number(end.user_a) + number(end.user_b), 3U);
      EXPECT_TRUE(end.between_steps);
    }
    for (const SensorEvent& end : events.sensor_ends) {
      ++left;
      EXPECT_EQ(number(end.sensor_user), 3U);
      EXPECT_EQ(number(end.visitor_user), 2U);
      EXPECT_TRUE(end.between_steps);
    }
    EXPECT_TRUE(events.contacts.empty());
  }
  EXPECT_EQ(ends, 1U);
  EXPECT_EQ(left, 1U);
}

TEST(Box2dV3Events, WithoutACollectorADestroyedShapeHasNoUserData) {
  SmartAlloc alloc;
  Touching touching;
  const auto step = [&](SmartAlloc& with) { return step_with_events(touching.scene.world, with); };
  ASSERT_NO_FATAL_FAILURE(touching.expect_begins(step, alloc));
  b2DestroyBody(touching.ball.body);
  const ScopedFrame frame = alloc.scoped_frame();
  const StepEvents events = step_with_events(touching.scene.world, alloc);
  ASSERT_EQ(events.ends.size(), 1U);
  EXPECT_EQ(number(events.ends[0].user_a) + number(events.ends[0].user_b), 1U);
  EXPECT_TRUE(events.ends[0].between_steps);
}

TEST(Box2dV3Events, ContactsAreLeftOutWhenNobodyWantsThem) {
  SmartAlloc alloc;
  Touching touching;
  const ScopedFrame frame = alloc.scoped_frame();
  StepSettings settings;
  EXPECT_EQ(step_with_events(touching.scene.world, alloc, settings).contacts.size(), 1U);
  settings.contacts = false;
  EXPECT_EQ(step_with_events(touching.scene.world, alloc, settings).contacts.size(), 0U);
}

// A ball among more balls than the walk has room for in place.
TEST(Box2dV3Events, AShapeMayHaveManyContacts) {
  SmartAlloc alloc;
  Scene scene;
  scene.add(0, 0, 10, 1);
  for (std::uintptr_t i = 0; i < 50; ++i) {
    scene.add(-9.9F + 0.4F * static_cast<float>(i), 0.3F, 0.1F, 2 + i, false);
  }
  const ScopedFrame frame = alloc.scoped_frame();
  const StepEvents events = step_with_events(scene.world, alloc);
  EXPECT_EQ(events.contacts.size(), 50U);
  EXPECT_EQ(events.begins.size(), 50U);
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
}

AllocConfig config_of(ReportLog& log) {
  AllocConfig config = AllocConfig::minimal();
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  return config;
}

std::size_t entries_of_the_first_step() {
  SmartAlloc alloc;
  SwingingScene scene;
  const ScopedFrame frame = alloc.scoped_frame();
  scene.before_step(0);
  return entries_of(step_with_events(scene.world, alloc));
}

TEST(Box2dV3Denied, EachFrameRequestInTurn) {
  const std::size_t expected = entries_of_the_first_step();
  ASSERT_GT(expected, 60U);
  const auto run = [&](std::size_t budget, ReportLog& log) {
    SwingingScene scene;
    scene.before_step(0);
    SmartAlloc alloc(config_of(log));
    alloc.set_thread_frame_budget(budget);
    const ScopedFrame frame = alloc.scoped_frame();
    const StepEvents events = step_with_events(scene.world, alloc);
    EXPECT_EQ(entries_of(events) + events.dropped, expected);
    EXPECT_EQ(alloc.stats().heap_allocated, 0U);
    EXPECT_EQ(events.complete(), log.size() == 0) << "the loss is told";
  };
  EXPECT_GT(framealloc::testing::with_each_request_denied(run), 2U);
}

TEST(Box2dV3Denied, WithoutAFrameTheStepIsDone) {
  const std::size_t expected = entries_of_the_first_step();
  SwingingScene scene;
  scene.before_step(0);
  ReportLog log;
  SmartAlloc alloc(config_of(log));
  const StepEvents events = step_with_events(scene.world, alloc);
  EXPECT_EQ(entries_of(events), 0U);
  EXPECT_EQ(events.dropped, expected);
  EXPECT_EQ(b2World_GetBodyEvents(scene.world).moveCount, 60);
  EXPECT_EQ(log.last().file, __FILE__) << "the report names the line that stepped";
}

TEST(Box2dV3Denied, EachRequestToTheSourceInTurn) {
  const std::size_t expected = entries_of_the_first_step();
  for (const bool sticky : {false, true}) {
    for (std::uint64_t fail_at = 1;; ++fail_at) {
      SCOPED_TRACE(::testing::Message() << "request " << fail_at);
      ASSERT_LT(fail_at, 200U);
      SwingingScene scene;
      scene.before_step(0);
      ReportLog log;
      CountingSource counted(system_source());
      FailingSource source(counted, fail_at, sticky);
      AllocConfig config = config_of(log);
      config.upstream = &source;
      {
        SmartAlloc alloc(config);
        EventCollector collector(scene.world, alloc);
        const ScopedFrame frame = alloc.scoped_frame();
        const StepEvents events = collector.step(alloc);
        // A pair whose user data cannot be kept counts too.
        EXPECT_GE(entries_of(events) + events.dropped, expected);
      }
      EXPECT_EQ(counted.bytes_in_use(), 0U);
      if (source.failures() == 0) break;
    }
  }
}

TEST(Box2dV3PairUsers, RemembersPairsAndForgetsThoseOfShapesThatAreGone) {
  const SmartAlloc alloc;
  Scene scene;
  std::vector<Scene::Object> objects;
  for (std::uintptr_t i = 0; i < 40; ++i)
    objects.push_back(scene.add(3.0F * static_cast<float>(i), 0, 1, i));
  std::map<std::pair<std::size_t, std::size_t>, std::uintptr_t> model;
  std::mt19937 random(5);
  {
    detail::PairUsers pairs(alloc);
    for (std::uintptr_t turn = 1; turn <= 20'000; ++turn) {
      const std::size_t a = random() % 40;
      const std::size_t b = random() % 40;
      const auto key = std::pair(a, b);
      if (random() % 2 == 0) {
        ASSERT_TRUE(pairs.add(objects[a].shape, objects[b].shape,
                              {box2d_v3_test::user(turn), box2d_v3_test::user(a + 1)}));
        model[key] = turn;
      } else {
        const detail::Users users = pairs.take(objects[a].shape, objects[b].shape);
        const auto known = model.find(key);
        ASSERT_EQ(number(users.a), known == model.end() ? 0 : known->second);
        if (known != model.end()) model.erase(known);
      }
      ASSERT_EQ(pairs.size(), model.size());
    }
    // Pairs that no end was told of do not pile up.
    const std::size_t before = alloc.stats().heap_allocated;
    for (std::uintptr_t i = 0; i < 5'000; ++i) {
      const Scene::Object gone = scene.add(-10, 0, 1, 0);
      ASSERT_TRUE(pairs.add(gone.shape, objects[0].shape, {}));
      b2DestroyBody(gone.body);
    }
    EXPECT_LE(alloc.stats().heap_allocated, 2 * before);
    for (const auto& [key, value] : model) {
      ASSERT_EQ(number(pairs.take(objects[key.first].shape, objects[key.second].shape).a), value);
    }
  }
  EXPECT_EQ(alloc.stats().heap_allocated, 0U);
}

}  // namespace
}  // namespace framealloc::box2d_v3
