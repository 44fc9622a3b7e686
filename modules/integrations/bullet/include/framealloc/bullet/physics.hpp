// SPDX-License-Identifier: MIT OR Apache-2.0
// Bullet 3 with frame memory: the contacts of a step, what began and ended, and the answers of
// queries, as spans that live until the frame ends. Uses none of Bullet's process-wide callbacks.
#pragma once

#include <framealloc/bullet/pair_table.hpp>
#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/smart_alloc.hpp>

#include <btBulletDynamicsCommon.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace framealloc::bullet {

/// What btDynamicsWorld::stepSimulation() takes.
struct StepSettings {
  btScalar time_step = btScalar(1) / 60;  ///< seconds
  int max_sub_steps = 1;
  btScalar fixed_time_step = btScalar(1) / 60;  ///< seconds
};

/// One point of a contact, as its btManifoldPoint has it.
struct ContactPoint {
  btVector3 on_a;     ///< in the world
  btVector3 on_b;     ///< in the world
  btVector3 local_a;  ///< in the space of body a
  btVector3 local_b;  ///< in the space of body b
  btVector3 normal_on_b;
  btScalar distance;  ///< negative where the bodies overlap
  btScalar impulse;   ///< that the solver applied in the last sub-step
  int life_time;      ///< sub-steps since it was found
};

/// One contact manifold with at least one point.
struct Contact {
  const btCollisionObject* body_a;
  const btCollisionObject* body_b;
  std::span<const ContactPoint> points;
  bool sensor;  ///< one of the two has CF_NO_CONTACT_RESPONSE
};

/// Two objects that began or ceased to have a contact. The user pointers are those of the objects
/// when they were last seen: an object that has been destroyed is only an identity.
struct PairEvent {
  const btCollisionObject* body_a;
  const btCollisionObject* body_b;
  void* user_a;
  void* user_b;
  bool sensor;
  bool between_steps;  ///< ended by EventTracker::forget()
};

/// What happened in a step. The spans are frame memory of the thread that stepped.
struct StepEvents {
  std::span<const Contact> contacts;  ///< in the order of the dispatcher's manifolds
  std::span<const PairEvent> begins;  ///< in the order of their first manifolds
  std::span<const PairEvent> ends;    ///< those between steps first; each in the order of beginning
  int sub_steps = 0;
  std::size_t dropped = 0;  ///< entries that memory was denied for
  [[nodiscard]] bool complete() const noexcept { return dropped == 0; }
};

/// Result: every manifold of the world's dispatcher that has points, with all of them. Failure: none
/// if the frame denies the memory; `dropped` then says how many there are, else 0. Thread contract:
/// the world's thread, with a frame open and not inside a step.
std::span<const Contact> touching_contacts(btCollisionWorld& world, SmartAlloc& alloc,
                                           std::size_t* dropped = nullptr,
                                           CallSite site = CallSite::current());

/// Steps a world and tells who began and ceased to touch: the difference between two calls of
/// step(). What begins and ends again between two sub-steps of one call is not seen. One per world;
/// its memory, some 64 bytes a pair, is in the heap of the allocator. Requirement: the world lives
/// as long as step() is called. Thread contract: the world's thread.
class EventTracker {
 public:
  EventTracker(btDynamicsWorld& world, const SmartAlloc& alloc) noexcept
      : world_(&world), pairs_(alloc) {}

  /// Effect: stepSimulation(), then gathers. Failure: the step is always done; what memory is denied
  /// for is counted in StepEvents::dropped and reported. Requirement: a frame is open.
  StepEvents step(SmartAlloc& alloc, const StepSettings& settings = {},
                  CallSite site = CallSite::current());
  /// Effect: the pairs of `body` end, which the next step() tells. To be called before the body is
  /// removed from the world or destroyed: without it they end too, but a new body at the same
  /// address that touches the same objects would be taken for the old one.
  void forget(const btCollisionObject* body) noexcept;

 private:
  std::size_t find_pairs() noexcept;
  void tell_ends(StepEvents& events, FrameArena& arena, CallSite site) noexcept;
  void tell_begins(StepEvents& events, FrameArena& arena, std::size_t known,
                   CallSite site) noexcept;

  btDynamicsWorld* world_;
  detail::PairTable pairs_;
  std::uint64_t now_ = 0;
};

/// Which objects a query sees, as Bullet's own callbacks decide it; the defaults are theirs.
struct QueryFilter {
  int group = btBroadphaseProxy::DefaultFilter;
  int mask = btBroadphaseProxy::AllFilter;
  const btCollisionObject* ignore = nullptr;  ///< an object that is not seen
};

/// Where a ray or a moving shape met an object.
struct RayHit {
  const btCollisionObject* body;
  btVector3 point;
  btVector3 normal;   ///< in the world
  btScalar fraction;  ///< of the way from start to end
};

// Queries. Failure: nothing is returned if the frame denies the memory, which the allocator reports.
// Thread contract: the world's thread, with a frame open and not inside a step.

/// Result: everything the ray meets, nearest first; an object of several parts may be met several
/// times.
std::span<const RayHit> cast_ray(const btCollisionWorld& world, SmartAlloc& alloc,
                                 const btVector3& from, const btVector3& to,
                                 const QueryFilter& filter = {},
                                 CallSite site = CallSite::current());
/// Result: the nearest of them. Needs no memory and no frame.
std::optional<RayHit> cast_ray_closest(const btCollisionWorld& world, const btVector3& from,
                                       const btVector3& to, const QueryFilter& filter = {});
/// Result: everything that `shape` meets on its way, nearest first.
std::span<const RayHit> cast_shape(const btCollisionWorld& world, SmartAlloc& alloc,
                                   const btConvexShape& shape, const btTransform& from,
                                   const btTransform& to, const QueryFilter& filter = {},
                                   CallSite site = CallSite::current());
/// Result: every object whose shape's box, margin included, overlaps the box; not the enlarged one
/// of the broad phase.
std::span<const btCollisionObject* const> overlap_aabb(btCollisionWorld& world, SmartAlloc& alloc,
                                                       const btVector3& min, const btVector3& max,
                                                       const QueryFilter& filter = {},
                                                       CallSite site = CallSite::current());
/// Result: the objects that btCollisionWorld::contactTest() finds points with, one contact each;
/// body_a is `object`. It need not be in the world.
std::span<const Contact> overlap_object(btCollisionWorld& world, SmartAlloc& alloc,
                                        btCollisionObject& object, const QueryFilter& filter = {},
                                        CallSite site = CallSite::current());

/// Effect: from now on all that Bullet asks for in this process comes from `memory`; blocks from
/// before go back where they came from. Bullet cannot do without memory, so a request that `memory`
/// denies, which is reported and counted, is served by malloc. Result: false, and nothing changes,
/// while another memory is installed. Requirement: `memory` lives until uninstall_memory(), or as
/// long as Bullet is used. Thread contract: while no other thread uses Bullet.
bool install_memory(c_hooks::Memory& memory);
/// Effect: from now on memory for Bullet comes from malloc; blocks still in use find their way home.
/// Result: the memory that was installed, or null. Requirement: that memory lives until they have.
c_hooks::Memory* uninstall_memory();

/// A discrete world with its collision configuration, dispatcher, broad phase and solver, and the
/// bodies of insert_body(), in the heap of an allocator. What these ask for inside is Bullet's own
/// memory: see install_memory().
class PhysicsWorld3D {
 public:
  /// Failure: no world if the heap denies its memory, which is reported. Every member but world()
  /// then does nothing.
  explicit PhysicsWorld3D(const SmartAlloc& alloc, btVector3 gravity = {0, btScalar(-9.81), 0});
  /// Effect: takes the bodies of insert_body() out of the world and destroys them. Shapes and motion
  /// states are the game's.
  ~PhysicsWorld3D();
  PhysicsWorld3D(const PhysicsWorld3D&) = delete;
  PhysicsWorld3D& operator=(const PhysicsWorld3D&) = delete;
  [[nodiscard]] explicit operator bool() const noexcept { return home_ != nullptr; }

  /// Requirement: there is a world.
  [[nodiscard]] btDiscreteDynamicsWorld& world() noexcept;
  [[nodiscard]] const btDiscreteDynamicsWorld& world() const noexcept;
  void set_gravity(const btVector3& gravity);
  /// Result: the body; null if the heap denies its memory, and, reported as FA011, if it has no
  /// shape.
  btRigidBody* insert_body(const btRigidBody::btRigidBodyConstructionInfo& info,
                           CallSite site = CallSite::current());
  /// Effect: the body's contacts end, which the next step_with_events() tells; it leaves the world,
  /// and is destroyed if insert_body() made it. Null is nothing.
  void remove_body(btRigidBody* body);

  /// Result: how many sub-steps were made.
  int step(const StepSettings& settings = {});
  StepEvents step_with_events(SmartAlloc& alloc, const StepSettings& settings = {},
                              CallSite site = CallSite::current());

  std::span<const RayHit> cast_ray(SmartAlloc& alloc, const btVector3& from, const btVector3& to,
                                   const QueryFilter& filter = {},
                                   CallSite site = CallSite::current()) const;
  std::optional<RayHit> cast_ray_closest(const btVector3& from, const btVector3& to,
                                         const QueryFilter& filter = {}) const;
  std::span<const RayHit> cast_shape(SmartAlloc& alloc, const btConvexShape& shape,
                                     const btTransform& from, const btTransform& to,
                                     const QueryFilter& filter = {},
                                     CallSite site = CallSite::current()) const;
  std::span<const btCollisionObject* const> overlap_aabb(SmartAlloc& alloc, const btVector3& min,
                                                         const btVector3& max,
                                                         const QueryFilter& filter = {},
                                                         CallSite site = CallSite::current());
  std::span<const Contact> overlap_object(SmartAlloc& alloc, btCollisionObject& object,
                                          const QueryFilter& filter = {},
                                          CallSite site = CallSite::current());

 private:
  struct Home;
  SmartAlloc alloc_;
  Home* home_ = nullptr;
};

}  // namespace framealloc::bullet
