// SPDX-License-Identifier: MIT OR Apache-2.0
// Queries find what asking every fixture finds.
#include <gtest/gtest.h>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <box2d/b2_collision.h>
#include <box2d/b2_distance.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "hand_written_listener.hpp"
#include "mixed_scene.hpp"
#include "support/report_log.hpp"

namespace {

namespace fb = framealloc::box2d;
using box2d_test::bits;
using box2d_test::MixedScene;
using box2d_test::Record;

class Queries : public testing::Test {
 protected:
  Queries() {
    for (std::size_t i = 0; i < 120; ++i) scene.world.Step(MixedScene::kTimeStep, 8, 3);
    std::size_t n = 0;
    for_each_child([&](b2Fixture& fixture, int32) {
      b2Filter filter;
      filter.categoryBits = static_cast<uint16>(1U << (n % 3));
      if (n % 7 == 0) filter.maskBits = 0x00F0;
      if (!fixture.IsSensor()) fixture.SetFilterData(filter);
      ++n;
    });
    alloc.begin_frame();
  }
  ~Queries() override { alloc.end_frame(); }

  template <class Visit>
  void for_each_child(Visit&& visit) {
    for (b2Body* body = scene.world.GetBodyList(); body != nullptr; body = body->GetNext()) {
      for (b2Fixture* at = body->GetFixtureList(); at != nullptr; at = at->GetNext()) {
        for (int32 child = 0; child < at->GetShape()->GetChildCount(); ++child) visit(*at, child);
      }
    }
  }
  static bool sees(const fb::QueryFilter& filter, b2Fixture& fixture) {
    const b2Filter& own = fixture.GetFilterData();
    return (filter.sensors || !fixture.IsSensor()) && fixture.GetBody() != filter.ignore &&
           (own.categoryBits & filter.mask) != 0 && (own.maskBits & filter.category) != 0;
  }
  std::vector<fb::QueryFilter> filters() {
    fb::QueryFilter with_sensors;
    with_sensors.sensors = true;
    fb::QueryFilter without_one;
    without_one.ignore = scene.dynamic_bodies[150];
    return {{}, with_sensors, {0x0001, 0x0002}, {0x0010, 0xFFFF}, without_one};
  }
  float uniform(float low, float high) {
    return low + (high - low) * static_cast<float>(random_() & 0xFFFFU) / 65535.0F;
  }

  framealloc::SmartAlloc alloc;
  MixedScene scene;

 private:
  std::mt19937 random_{7};
};

template <class Hit>
std::multiset<Record> set_of(std::span<const Hit> hits) {
  std::multiset<Record> all;
  for (const Hit& hit : hits) {
    Record record{box2d_test::number(hit.fixture), static_cast<std::uint64_t>(hit.child)};
    box2d_test::append(record, hit.point);
    box2d_test::append(record, hit.normal);
    record.push_back(bits(hit.fraction));
    all.insert(record);
  }
  return all;
}

template <class Hit>
bool is_nearest_first(std::span<const Hit> hits) {
  return std::is_sorted(hits.begin(), hits.end(),
                        [](const Hit& a, const Hit& b) { return a.fraction < b.fraction; });
}

TEST_F(Queries, RaysFindEveryChildNearestFirst) {
  std::size_t found = 0;
  for (const fb::QueryFilter& filter : filters()) {
    for (int i = 0; i < 60; ++i) {
      const b2Vec2 from(uniform(-15, 15), uniform(-2, 40));
      const b2Vec2 to(uniform(-15, 15), uniform(-2, 20));
      std::vector<fb::RayHit> expected;
      for_each_child([&](b2Fixture& fixture, int32 child) {
        b2RayCastOutput out;
        if (!sees(filter, fixture) || !fixture.RayCast(&out, {from, to, 1.0F}, child)) return;
        expected.push_back({&fixture, child, (1.0F - out.fraction) * from + out.fraction * to,
                            out.normal, out.fraction});
      });
      const auto hits = fb::cast_ray(scene.world, alloc, from, to, filter);
      EXPECT_EQ(set_of(hits), set_of(std::span<const fb::RayHit>(expected)));
      EXPECT_TRUE(is_nearest_first(hits));
      const auto closest = fb::cast_ray_closest(scene.world, from, to, filter);
      ASSERT_EQ(closest.has_value(), !expected.empty());
      EXPECT_TRUE(!closest || bits(closest->fraction) == bits(hits[0].fraction));
      found += hits.size();
    }
  }
  EXPECT_GT(found, 300U);
}

// Circles in a row, in an order of their own, and each of them twice: hits of one distance keep the
// order in which they were found.
TEST_F(Queries, ManyHitsAreMergedNearestFirst) {
  for (const std::size_t count : {16U, 17U, 33U, 100U, 257U}) {
    b2World world(b2Vec2(0, 0));
    b2CircleShape circle;
    circle.m_radius = 0.25F;
    b2FixtureDef fixture;
    fixture.shape = &circle;
    for (std::size_t i = 0; i < count; ++i) {
      b2BodyDef body;
      body.position.Set(static_cast<float>(i * 37 % count), 0);
      b2Body* const made = world.CreateBody(&body);
      fixture.userData.pointer = 2 * (i * 37 % count);
      made->CreateFixture(&fixture);
      ++fixture.userData.pointer;
      made->CreateFixture(&fixture);
    }
    struct InOrder : b2RayCastCallback {
      float ReportFixture(b2Fixture* at, const b2Vec2&, const b2Vec2&, float fraction) override {
        found.emplace_back(fraction, found.size(), at);
        return 1;
      }
      std::vector<std::tuple<float, std::size_t, b2Fixture*>> found;
    } expected;
    const b2Vec2 from(-1, 0);
    const b2Vec2 to(static_cast<float>(count) + 1, 0);
    world.RayCast(&expected, from, to);
    std::sort(expected.found.begin(), expected.found.end());
    const auto hits = fb::cast_ray(world, alloc, from, to);
    ASSERT_EQ(hits.size(), 2 * count);
    for (std::size_t i = 0; i < hits.size(); ++i) {
      ASSERT_EQ(hits[i].fixture, std::get<b2Fixture*>(expected.found[i]))
          << count << " circles, hit " << i;
    }
  }
}

TEST_F(Queries, ShapeCastsFindEveryChildNearestFirst) {
  std::size_t found = 0;
  b2PolygonShape box;
  box.SetAsBox(0.4F, 0.7F);
  b2CircleShape circle;
  circle.m_radius = 0.3F;
  b2EdgeShape edge;
  edge.SetTwoSided({-1, 0}, {1, 0.5F});
  for (const b2Shape* shape :
       {static_cast<const b2Shape*>(&box), static_cast<const b2Shape*>(&circle),
        static_cast<const b2Shape*>(&edge)}) {
    for (const fb::QueryFilter& filter : filters()) {
      for (int i = 0; i < 20; ++i) {
        b2Transform from;
        from.Set({uniform(-12, 12), uniform(0, 30)}, uniform(0, 3));
        const b2Vec2 way(uniform(-10, 10), uniform(-25, 5));
        std::vector<fb::ShapeHit> expected;
        for_each_child([&](b2Fixture& fixture, int32 child) {
          if (!sees(filter, fixture)) return;
          b2ShapeCastInput in;
          in.proxyA.Set(fixture.GetShape(), child);
          in.proxyB.Set(shape, 0);
          in.transformA = fixture.GetBody()->GetTransform();
          in.transformB = from;
          in.translationB = way;
          b2ShapeCastOutput out;
          if (b2ShapeCast(&out, &in)) {
            expected.push_back({&fixture, child, out.point, out.normal, out.lambda});
          }
        });
        const auto hits = fb::cast_shape(scene.world, alloc, *shape, from, way, filter);
        EXPECT_EQ(set_of(hits), set_of(std::span<const fb::ShapeHit>(expected)));
        EXPECT_TRUE(is_nearest_first(hits));
        found += hits.size();
      }
    }
  }
  EXPECT_GT(found, 1000U);
}

TEST_F(Queries, OverlapsAreOfTheShapeAndNotOfItsBox) {
  std::size_t found = 0;
  std::size_t near_misses = 0;
  b2PolygonShape bar;
  bar.SetAsBox(3.0F, 0.1F);
  for (const fb::QueryFilter& filter : filters()) {
    for (int i = 0; i < 60; ++i) {
      b2Transform at;
      at.Set({uniform(-10, 10), uniform(-1, 12)}, uniform(0, 3));
      b2AABB box;
      bar.ComputeAABB(&box, at, 0);
      std::set<b2Fixture*> expected;
      std::set<b2Fixture*> in_box;
      for_each_child([&](b2Fixture& fixture, int32 child) {
        if (!sees(filter, fixture)) return;
        const b2Transform& own = fixture.GetBody()->GetTransform();
        if (b2TestOverlap(fixture.GetShape(), child, &bar, 0, own, at)) expected.insert(&fixture);
        b2AABB child_box;
        fixture.GetShape()->ComputeAABB(&child_box, own, child);
        if (b2TestOverlap(child_box, box)) in_box.insert(&fixture);
      });
      const auto shapes = fb::overlap_shape(scene.world, alloc, bar, at, filter);
      const auto boxes = fb::overlap_aabb(scene.world, alloc, box, filter);
      EXPECT_EQ(std::set<b2Fixture*>(shapes.begin(), shapes.end()), expected);
      EXPECT_EQ(shapes.size(), expected.size()) << "one was found twice";
      EXPECT_EQ(std::set<b2Fixture*>(boxes.begin(), boxes.end()), in_box);
      EXPECT_EQ(boxes.size(), in_box.size()) << "one was found twice";
      found += shapes.size();
      near_misses += boxes.size() - shapes.size();
    }
  }
  EXPECT_GT(found, 200U);  // compilers differ in the order of the arguments, so in the places
  EXPECT_GT(near_misses, 200U);
}

TEST_F(Queries, BoxesAreExactAndNotThoseOfTheBroadPhase) {
  b2World world(b2Vec2(0, 0));
  b2BodyDef body;
  body.type = b2_dynamicBody;
  b2CircleShape circle;
  circle.m_radius = 1;
  b2FixtureDef fixture;
  fixture.shape = &circle;
  b2Fixture* const made = world.CreateBody(&body)->CreateFixture(&fixture);
  // The broad phase enlarges boxes by 0.1.
  EXPECT_EQ(fb::overlap_aabb(world, alloc, {{1.05F, -1}, {2, 1}}).size(), 0U);
  const auto touching = fb::overlap_aabb(world, alloc, {{1.0F, -1}, {2, 1}});
  ASSERT_EQ(touching.size(), 1U);
  EXPECT_EQ(touching[0], made);
}

TEST_F(Queries, NumbersThatAreNoPlaceFindNothing) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  b2CircleShape circle;
  circle.m_radius = 1;
  b2Transform here;
  here.SetIdentity();
  b2Transform nowhere;
  nowhere.Set({nan, 0}, 0);
  EXPECT_TRUE(fb::cast_ray(scene.world, alloc, {0, 0}, {0, 0}).empty());
  EXPECT_TRUE(fb::cast_ray(scene.world, alloc, {nan, 0}, {1, 0}).empty());
  EXPECT_TRUE(fb::cast_ray(scene.world, alloc, {0, 0}, {infinite, 0}).empty());
  EXPECT_FALSE(fb::cast_ray_closest(scene.world, {0, nan}, {0, 1}).has_value());
  EXPECT_TRUE(fb::cast_shape(scene.world, alloc, circle, nowhere, {0, 1}).empty());
  EXPECT_TRUE(fb::cast_shape(scene.world, alloc, circle, here, {nan, 1}).empty());
  EXPECT_TRUE(fb::overlap_shape(scene.world, alloc, circle, nowhere).empty());
  EXPECT_TRUE(fb::overlap_aabb(scene.world, alloc, {{1, 1}, {-1, -1}}).empty());
}

TEST_F(Queries, FrameMemoryIsOnlyWhatIsFound) {
  const std::size_t before = alloc.frame_arena().position();
  const auto hits = fb::cast_ray(scene.world, alloc, {-10.5F, 1.5F}, {10.5F, 1.5F});
  ASSERT_GT(hits.size(), 4U);
  EXPECT_LE(alloc.frame_arena().position() - before, hits.size_bytes() + 15);
}

TEST_F(Queries, DeniedMemoryFindsNothingAndIsReported) {
  framealloc::testing::ReportLog log;
  framealloc::AllocConfig config;
  config.on_report = &framealloc::testing::ReportLog::handler;
  config.report_context = &log;
  framealloc::SmartAlloc other(config);
  const auto expected = fb::cast_ray(scene.world, alloc, {-10.5F, 1.5F}, {10.5F, 1.5F});
  ASSERT_GT(expected.size(), 4U);
  EXPECT_TRUE(fb::cast_ray(scene.world, other, {-10.5F, 1.5F}, {10.5F, 1.5F}).empty());
  EXPECT_GE(log.count(framealloc::Code::FA001), 1U);
  bool found = false;
  for (std::size_t budget = 16; budget < 4096; budget += 16) {
    log.clear();
    other.set_thread_frame_budget(budget);
    const framealloc::ScopedFrame frame = other.scoped_frame();
    const auto hits = fb::cast_ray(scene.world, other, {-10.5F, 1.5F}, {10.5F, 1.5F});
    EXPECT_TRUE(hits.empty() || hits.size() == expected.size()) << budget;
    EXPECT_TRUE(!hits.empty() || log.size() != 0) << budget;
    found = found || !hits.empty();
  }
  EXPECT_TRUE(found);
}

}  // namespace
