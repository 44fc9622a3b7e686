// SPDX-License-Identifier: MIT OR Apache-2.0
// The module against Jolt itself: a pile of boxes that steps on our memory, stack and listener equals,
// to the bit and event for event, its twin on Jolt's own. Built where FRAMEALLOC_JOLT_SOURCE is named.
#include <framealloc/jolt/memory.hpp>

#include <framealloc/framealloc.hpp>

#include <Jolt/Core/Factory.h>
#include <Jolt/Core/JobSystemThreadPool.h>
#include <Jolt/Physics/Body/BodyCreationSettings.h>
#include <Jolt/Physics/Collision/BroadPhase/BroadPhaseLayerInterfaceTable.h>
#include <Jolt/Physics/Collision/BroadPhase/ObjectVsBroadPhaseLayerFilterTable.h>
#include <Jolt/Physics/Collision/ObjectLayerPairFilterTable.h>
#include <Jolt/Physics/Collision/Shape/BoxShape.h>
#include <Jolt/Physics/PhysicsSystem.h>
#include <Jolt/RegisterTypes.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace framealloc::jolt {
namespace {

constexpr JPH::ObjectLayer kFixed = 0;
constexpr JPH::ObjectLayer kMoving = 1;
constexpr int kBoxes = 500;
constexpr int kSteps = 200;
// A quarter of them leaves while it lies in the pile.
constexpr int kRemovedAt = 150;

// What a careful game writes today: a lock, and a vector that is kept.
class HandWritten final : public JPH::ContactListener {
 public:
  void OnContactAdded(const JPH::Body& a, const JPH::Body& b, const JPH::ContactManifold& manifold,
                      JPH::ContactSettings&) override {
    const std::lock_guard lock(mutex_);
    events.emplace_back(ContactKind::Added, a, b, manifold);
  }
  void OnContactPersisted(const JPH::Body& a, const JPH::Body& b,
                          const JPH::ContactManifold& manifold, JPH::ContactSettings&) override {
    const std::lock_guard lock(mutex_);
    events.emplace_back(ContactKind::Persisted, a, b, manifold);
  }
  void OnContactRemoved(const JPH::SubShapeIDPair& pair) override {
    const std::lock_guard lock(mutex_);
    events.emplace_back(pair);
  }
  std::vector<ContactEvent> events;

 private:
  std::mutex mutex_;
};

class World {
 public:
  World() : floors_(2, 2), pairs_(2) {
    floors_.MapObjectToBroadPhaseLayer(kFixed, JPH::BroadPhaseLayer(0));
    floors_.MapObjectToBroadPhaseLayer(kMoving, JPH::BroadPhaseLayer(1));
    pairs_.EnableCollision(kFixed, kMoving);
    pairs_.EnableCollision(kMoving, kMoving);
    against_.emplace(floors_, 2, pairs_, 2);  // it copies what collides
    system.Init(1024, 0, 8192, 8192, floors_, *against_, pairs_);
    JPH::BodyInterface& bodies = system.GetBodyInterface();
    bodies.CreateAndAddBody(
        JPH::BodyCreationSettings(new JPH::BoxShape(JPH::Vec3(50, 1, 50)), JPH::RVec3(0, -1, 0),
                                  JPH::Quat::sIdentity(), JPH::EMotionType::Static, kFixed),
        JPH::EActivation::DontActivate);
    const JPH::Ref<JPH::BoxShape> box = new JPH::BoxShape(JPH::Vec3::sReplicate(0.5F));
    for (int i = 0; i < kBoxes; ++i) {
      const JPH::RVec3 at(static_cast<float>(i % 5) * 1.1F,
                          1.0F + static_cast<float>(i / 25) * 1.3F,
                          static_cast<float>(i / 5 % 5) * 1.1F);
      JPH::BodyCreationSettings settings(box, at, JPH::Quat::sIdentity(), JPH::EMotionType::Dynamic,
                                         kMoving);
      settings.mUserData = static_cast<JPH::uint64>(1000 + i);
      boxes.push_back(bodies.CreateAndAddBody(settings, JPH::EActivation::Activate));
    }
    system.OptimizeBroadPhase();
  }

  void step(int number, JPH::TempAllocator& temp, JPH::JobSystem& jobs) {
    if (number == kRemovedAt) {
      JPH::BodyInterface& bodies = system.GetBodyInterface();
      for (std::size_t i = 0; i < boxes.size(); i += 4) {
        bodies.RemoveBody(boxes[i]);
        bodies.DestroyBody(boxes[i]);
      }
    }
    ASSERT_EQ(system.Update(1.0F / 60, 1, &temp, &jobs), JPH::EPhysicsUpdateError::None);
  }

  // Positions and turns of all boxes that are left, as bits.
  [[nodiscard]] std::vector<float> state() {
    std::vector<float> all;
    for (const JPH::BodyID& box : boxes) {
      if (!system.GetBodyInterface().IsAdded(box)) continue;
      const JPH::RVec3 at = system.GetBodyInterface().GetPosition(box);
      const JPH::Quat turn = system.GetBodyInterface().GetRotation(box);
      all.insert(all.end(), {at.GetX(), at.GetY(), at.GetZ(), turn.GetX(), turn.GetY(), turn.GetZ(),
                             turn.GetW()});
    }
    return all;
  }

  JPH::PhysicsSystem system;
  std::vector<JPH::BodyID> boxes;

 private:
  JPH::BroadPhaseLayerInterfaceTable floors_;
  JPH::ObjectLayerPairFilterTable pairs_;
  std::optional<JPH::ObjectVsBroadPhaseLayerFilterTable> against_;
};

bool same(const ContactEvent& a, const ContactEvent& b) {
  return a.kind == b.kind && a.body_a == b.body_a && a.body_b == b.body_b &&
         a.shape_a == b.shape_a && a.shape_b == b.shape_b && a.user_a == b.user_a &&
         a.user_b == b.user_b && std::memcmp(a.normal, b.normal, sizeof(a.normal)) == 0 &&
         a.depth == b.depth;
}

TEST(JoltItself, APileEqualsItsTwinToTheBitAndEventForEvent) {
  SmartAlloc alloc;
  c_hooks::Memory memory(alloc, "physics::jolt");
  ASSERT_TRUE(install_memory(memory));
  JPH::Factory::sInstance = new JPH::Factory();
  JPH::RegisterTypes();
  std::uint64_t delivered = 0;
  std::uint64_t removed = 0;
  {
    JPH::JobSystemThreadPool jobs(JPH::cMaxPhysicsJobs, JPH::cMaxPhysicsBarriers, 3);
    auto ours = std::make_unique<World>();
    auto twin = std::make_unique<World>();
    HandWritten game;
    HandWritten hand;
    ContactEvents<> events(alloc, &game);
    ours->system.SetContactListener(&events);
    twin->system.SetContactListener(&hand);
    // Jolt's own ends the program when it is full: so small a one would.
    TempAllocator temp(alloc, "jolt", 64 * 1024);
    JPH::TempAllocatorImpl twins_temp(32 << 20);
    for (int number = 0; number < kSteps; ++number) {
      SCOPED_TRACE(number);
      alloc.begin_frame();
      ours->step(number, temp, jobs);
      std::size_t dropped = 1;
      const std::span<const ContactEvent> found = events.collect(&dropped);
      EXPECT_EQ(dropped, 0U);
      twin->step(number, twins_temp, jobs);

      std::sort(hand.events.begin(), hand.events.end());
      std::sort(game.events.begin(), game.events.end());
      ASSERT_EQ(found.size(), hand.events.size());
      ASSERT_TRUE(std::equal(found.begin(), found.end(), hand.events.begin(), same));
      ASSERT_TRUE(
          std::equal(found.begin(), found.end(), game.events.begin(), game.events.end(), same))
          << "the game's listener, called first, saw something else";
      delivered += found.size();
      removed += static_cast<std::uint64_t>(std::count_if(
          found.begin(), found.end(),
          [](const ContactEvent& event) { return event.kind == ContactKind::Removed; }));
      hand.events.clear();
      game.events.clear();
      EXPECT_EQ(temp.stats().live_blocks, 0U);
      const std::vector<float> a = ours->state();
      const std::vector<float> b = twin->state();
      ASSERT_EQ(a.size(), b.size());
      ASSERT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0);
      alloc.end_frame();
    }
    EXPECT_GT(delivered, 50'000U);
    EXPECT_GT(removed, 100U);
    EXPECT_EQ(temp.stats().on_heap, 0U);
    EXPECT_EQ(temp.stats().on_system, 0U);
    EXPECT_GT(temp.stats().allocations, std::uint64_t{kSteps});
    EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("physics::jolt").heap_bytes);
    RecordProperty("events", static_cast<int>(delivered));
    RecordProperty("temp_allocations", static_cast<int>(temp.stats().allocations));
  }
  JPH::UnregisterTypes();
  delete JPH::Factory::sInstance;
  JPH::Factory::sInstance = nullptr;
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().denials, 0U);
  EXPECT_EQ(Hook::uninstall(), &memory);
}

}  // namespace
}  // namespace framealloc::jolt
