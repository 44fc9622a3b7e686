// SPDX-License-Identifier: MIT OR Apache-2.0
// What a whole step asks the system for once a scene has run for a while, with us and without.
#include <gtest/gtest.h>
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>
#include <framealloc/testing/no_heap_in_scope.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "falling_scene.hpp"
#include "support/map_counter.hpp"
#include "support/shown_tag.hpp"

namespace {

namespace fb = framealloc::bullet;
using bullet_test::FallingScene;
using framealloc::test::MapsInScope;
using framealloc::testing::NoHeapInScope;

constexpr std::size_t kSteps = 300;
constexpr std::size_t kWarm = 150;

btTransform at(const btVector3& place) { return btTransform(btQuaternion::getIdentity(), place); }

TEST(BulletSteadyState, TheWholeStepCallsNoMallocAndNoMmap) {
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
    object.setWorldTransform(at({1, 1, 1}));
    for (std::size_t step = 0; step < kSteps; ++step) {
      scene.before_step(step);
      NoHeapInScope none;
      const MapsInScope maps;
      alloc.begin_frame();
      const fb::StepEvents events = tracker.step(alloc);
      hits += fb::cast_ray(scene.world, alloc, {-9, 0.5F, 0}, {9, 0.5F, 0}).size();
      hits += fb::cast_ray_closest(scene.world, {0, 9, 0}, {0, -9, 0}) ? 1U : 0U;
      hits += fb::cast_shape(scene.world, alloc, probe, at({0, 9, 0}), at({0, -1, 0})).size();
      hits += fb::overlap_aabb(scene.world, alloc, {-2, -2, -2}, {2, 2, 2}).size();
      hits += fb::overlap_object(scene.world, alloc, object).size();
      alloc.end_frame();
      if (step >= kWarm) {
        ASSERT_TRUE(none) << "step " << step << ": " << none.message();
        ASSERT_EQ(maps.count(), 0U) << "step " << step;
      }
      (void)none.none();
      EXPECT_TRUE(events.complete());
    }
    EXPECT_GT(hits, 1000U);
    EXPECT_GT(memory.stats().bytes, 100'000U);
    framealloc::testing::expect_heap_is_shown(alloc, "physics", memory.stats().bytes);
  }
  EXPECT_EQ(fb::uninstall_memory(), &memory);
  EXPECT_EQ(memory.stats().blocks, 0U);
}

// The same by hand, on Bullet's own memory and into vectors of the step.
TEST(BulletSteadyState, WithoutUsGatheringAndQueriesCallMalloc) {
  FallingScene scene;
  std::uint64_t calls = 0;
  for (std::size_t step = 0; step < kSteps; ++step) {
    scene.before_step(step);
    NoHeapInScope heap;
    scene.step();
    std::vector<btManifoldPoint> points;
    btDispatcher& dispatcher = *scene.world.getDispatcher();
    for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
      const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
      for (int n = 0; n < manifold.getNumContacts(); ++n) {
        points.push_back(manifold.getContactPoint(n));
      }
    }
    const btVector3 from(-9, 0.5F, 0);
    const btVector3 to(9, 0.5F, 0);
    btCollisionWorld::AllHitsRayResultCallback ray(from, to);
    scene.world.rayTest(from, to, ray);
    EXPECT_FALSE(heap.none() && step >= kWarm);
    if (step >= kWarm) calls += heap.count();
  }
  RecordProperty("calls_per_150_steps", static_cast<int>(calls));
  EXPECT_GE(calls, kSteps - kWarm);
}

}  // namespace
