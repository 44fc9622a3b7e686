// SPDX-License-Identifier: MIT OR Apache-2.0
// Queries find what Bullet's own callbacks, or asking every object, find.
#include <gtest/gtest.h>
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <random>
#include <set>
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
using framealloc::testing::ReportLog;

class BulletQueries : public testing::Test {
 protected:
  BulletQueries() {
    for (int i = 0; i < 90; ++i) scene.step();
    alloc.begin_frame();
  }
  ~BulletQueries() override { alloc.end_frame(); }
  btVector3 somewhere() {
    const auto uniform = [this](float low, float high) {
      return low + (high - low) * static_cast<float>(random_() & 0xFFFFU) / 65535.0F;
    };
    return {uniform(-9, 9), uniform(-2, 9), uniform(-9, 9)};
  }
  framealloc::SmartAlloc alloc;
  FallingScene scene;

 private:
  std::mt19937 random_{5};
};

std::multiset<Record> set_of(std::span<const fb::RayHit> hits) {
  std::multiset<Record> all;
  for (const fb::RayHit& hit : hits) {
    Record record{number(hit.body)};
    append(record, hit.point);
    append(record, hit.normal);
    record.push_back(bits(hit.fraction));
    all.insert(record);
  }
  return all;
}

bool is_nearest_first(std::span<const fb::RayHit> hits) {
  return std::is_sorted(hits.begin(), hits.end(), [](const fb::RayHit& a, const fb::RayHit& b) {
    return a.fraction < b.fraction;
  });
}

TEST_F(BulletQueries, RaysFindWhatBulletsCallbackFinds) {
  std::size_t found = 0;
  for (int i = 0; i < 100; ++i) {
    const btVector3 from = somewhere();
    const btVector3 to = somewhere();
    btCollisionWorld::AllHitsRayResultCallback all(from, to);
    scene.world.rayTest(from, to, all);
    std::multiset<Record> expected;
    for (int n = 0; n < all.m_collisionObjects.size(); ++n) {
      Record record{number(all.m_collisionObjects[n])};
      append(record, all.m_hitPointWorld[n]);
      append(record, all.m_hitNormalWorld[n]);
      record.push_back(bits(all.m_hitFractions[n]));
      expected.insert(record);
    }
    const auto hits = fb::cast_ray(scene.world, alloc, from, to);
    EXPECT_EQ(set_of(hits), expected);
    EXPECT_TRUE(is_nearest_first(hits));
    const auto closest = fb::cast_ray_closest(scene.world, from, to);
    ASSERT_EQ(closest.has_value(), !expected.empty());
    EXPECT_TRUE(!closest || bits(closest->fraction) == bits(hits[0].fraction));
    found += hits.size();
  }
  EXPECT_GT(found, 100U);
}

TEST_F(BulletQueries, ManyHitsAreSortedToo) {
  btSphereShape& ball = scene.keep<btSphereShape>(0.2F);
  for (int i = 0; i < 90; ++i) {
    scene.add(ball, 0, {static_cast<float>(i * 37 % 90) - 45.0F, 40, 0});
  }
  const auto hits = fb::cast_ray(scene.world, alloc, {-60, 40, 0}, {60, 40, 0});
  ASSERT_EQ(hits.size(), 90U);
  EXPECT_TRUE(is_nearest_first(hits));
  EXPECT_LT(hits[0].point.x(), hits[89].point.x());
}

TEST_F(BulletQueries, FiltersAreBulletsAndOneObjectCanBeLeftOut) {
  const btVector3 from(0, 9, 0);
  const btVector3 to(0, -9, 0);
  const auto all = fb::cast_ray(scene.world, alloc, from, to);
  ASSERT_GT(all.size(), 1U);
  fb::QueryFilter without;
  without.ignore = all[0].body;
  for (const fb::RayHit& hit : fb::cast_ray(scene.world, alloc, from, to, without)) {
    EXPECT_NE(hit.body, all[0].body);
  }
  fb::QueryFilter fixed;
  fixed.mask = btBroadphaseProxy::StaticFilter;
  const auto walls = fb::cast_ray(scene.world, alloc, from, to, fixed);
  EXPECT_GT(walls.size(), 0U);
  for (const fb::RayHit& hit : walls) EXPECT_TRUE(hit.body->isStaticObject());
}

struct AllConvexHits : btCollisionWorld::ConvexResultCallback {
  btScalar addSingleResult(btCollisionWorld::LocalConvexResult& result, bool in_world) override {
    Record record{number(result.m_hitCollisionObject)};
    append(record, result.m_hitPointLocal);
    append(record, in_world ? result.m_hitNormalLocal
                            : result.m_hitCollisionObject->getWorldTransform().getBasis() *
                                  result.m_hitNormalLocal);
    record.push_back(bits(result.m_hitFraction));
    found.insert(record);
    return m_closestHitFraction;
  }
  std::multiset<Record> found;
};

TEST_F(BulletQueries, SweptShapesFindWhatBulletsCallbackFinds) {
  btBoxShape& box = scene.keep<btBoxShape>(btVector3(0.3F, 0.6F, 0.4F));
  std::size_t found = 0;
  for (int i = 0; i < 60; ++i) {
    const btTransform from(btQuaternion({0, 1, 0}, 0.1F * static_cast<float>(i)), somewhere());
    const btTransform to(btQuaternion({1, 0, 0}, 0.2F), somewhere());
    AllConvexHits expected;
    scene.world.convexSweepTest(&box, from, to, expected);
    const auto hits = fb::cast_shape(scene.world, alloc, box, from, to);
    EXPECT_EQ(set_of(hits), expected.found);
    EXPECT_TRUE(is_nearest_first(hits));
    found += hits.size();
  }
  EXPECT_GT(found, 100U);
}

TEST_F(BulletQueries, BoxesAreExact) {
  std::size_t found = 0;
  for (int i = 0; i < 100; ++i) {
    const btVector3 corner = somewhere();
    const btVector3 other = corner + btVector3(1.5F, 1.0F, 2.0F);
    std::set<const btCollisionObject*> expected;
    for (int n = 0; n < scene.world.getNumCollisionObjects(); ++n) {
      const btCollisionObject* object = scene.world.getCollisionObjectArray()[n];
      btVector3 low;
      btVector3 high;
      object->getCollisionShape()->getAabb(object->getWorldTransform(), low, high);
      if (TestAabbAgainstAabb2(low, high, corner, other)) expected.insert(object);
    }
    const auto objects = fb::overlap_aabb(scene.world, alloc, corner, other);
    EXPECT_EQ(std::set<const btCollisionObject*>(objects.begin(), objects.end()), expected);
    EXPECT_EQ(objects.size(), expected.size());
    found += objects.size();
  }
  EXPECT_GT(found, 100U);
}

struct AllPoints : btCollisionWorld::ContactResultCallback {
  btScalar addSingleResult(btManifoldPoint& point, const btCollisionObjectWrapper* a, int, int,
                           const btCollisionObjectWrapper* b, int, int) override {
    const bool first = a->getCollisionObject() == object;
    Record record{number(first ? b->getCollisionObject() : a->getCollisionObject())};
    append(record, first ? point.m_positionWorldOnA : point.m_positionWorldOnB);
    append(record, first ? point.m_positionWorldOnB : point.m_positionWorldOnA);
    append(record, first ? point.m_normalWorldOnB : -point.m_normalWorldOnB);
    record.push_back(bits(point.m_distance1));
    found.insert(record);
    return 0;
  }
  const btCollisionObject* object = nullptr;
  std::multiset<Record> found;
};

TEST_F(BulletQueries, OverlappedObjectsAreThoseOfTheContactTest) {
  btCollisionObject probe;
  probe.setCollisionShape(&scene.keep<btBoxShape>(btVector3(1.5F, 0.7F, 1.2F)));
  std::size_t contacts = 0;
  std::size_t points = 0;
  for (int i = 0; i < 60; ++i) {
    probe.setWorldTransform(btTransform(btQuaternion({0, 1, 0}, 0.3F), somewhere()));
    AllPoints expected;
    expected.object = &probe;
    scene.world.contactTest(&probe, expected);
    const std::size_t before = alloc.frame_arena().position();
    const auto overlapped = fb::overlap_object(scene.world, alloc, probe);
    std::multiset<Record> found;
    std::set<const btCollisionObject*> bodies;
    for (const fb::Contact& contact : overlapped) {
      EXPECT_EQ(contact.body_a, &probe);
      bodies.insert(contact.body_b);
      for (const fb::ContactPoint& point : contact.points) {
        Record record{number(contact.body_b)};
        append(record, point.on_a);
        append(record, point.on_b);
        append(record, point.normal_on_b);
        record.push_back(bits(point.distance));
        found.insert(record);
        ++points;
      }
    }
    EXPECT_EQ(found, expected.found);
    EXPECT_EQ(bodies.size(), overlapped.size()) << "one object has two contacts";
    EXPECT_LE(alloc.frame_arena().position() - before,
              found.size() * (sizeof(fb::ContactPoint) + 16) + overlapped.size_bytes() + 64);
    contacts += overlapped.size();
  }
  EXPECT_GT(contacts, 100U);
  EXPECT_GT(points, contacts);
}

TEST_F(BulletQueries, DeniedMemoryFindsNothingAndIsReported) {
  ReportLog log;
  framealloc::AllocConfig config;
  config.on_report = &ReportLog::handler;
  config.report_context = &log;
  framealloc::SmartAlloc other(config);
  btSphereShape& ball = scene.keep<btSphereShape>(1.0F);
  btCollisionObject probe;
  probe.setCollisionShape(&ball);
  probe.setWorldTransform(btTransform(btQuaternion::getIdentity(), {0, 0.5F, 0}));
  const btTransform from(btQuaternion::getIdentity(), {-8, 0.5F, 0});
  const btTransform to(btQuaternion::getIdentity(), {8, 0.5F, 0});
  const std::size_t rays = fb::cast_ray(scene.world, alloc, {-8, 0.5F, 0}, {8, 0.5F, 0}).size();
  const std::size_t sweeps = fb::cast_shape(scene.world, alloc, ball, from, to).size();
  const std::size_t boxes = fb::overlap_aabb(scene.world, alloc, {-2, -2, -2}, {2, 2, 2}).size();
  const std::size_t objects = fb::overlap_object(scene.world, alloc, probe).size();
  ASSERT_TRUE(rays > 0 && sweeps > 0 && boxes > 0 && objects > 0);
  const auto all_or_none = [](std::size_t found, std::size_t all) {
    return found == 0 || found == all;
  };
  for (std::size_t budget = 0; budget < 8192; budget += 64) {
    log.clear();
    other.set_thread_frame_budget(budget == 0 ? 1 : budget);
    const framealloc::ScopedFrame frame = other.scoped_frame();
    const std::size_t got[4] = {
        fb::cast_ray(scene.world, other, {-8, 0.5F, 0}, {8, 0.5F, 0}).size(),
        fb::cast_shape(scene.world, other, ball, from, to).size(),
        fb::overlap_aabb(scene.world, other, {-2, -2, -2}, {2, 2, 2}).size(),
        fb::overlap_object(scene.world, other, probe).size()};
    EXPECT_TRUE(all_or_none(got[0], rays) && all_or_none(got[1], sweeps) &&
                all_or_none(got[2], boxes) && all_or_none(got[3], objects))
        << budget;
    const bool all = got[0] != 0 && got[1] != 0 && got[2] != 0 && got[3] != 0;
    EXPECT_TRUE(all || log.size() != 0) << budget;
  }
}

}  // namespace
