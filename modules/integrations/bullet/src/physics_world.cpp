// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/bullet/physics.hpp>
#include <framealloc/report.hpp>

#include <memory>
#include <new>

namespace framealloc::bullet {

namespace {

// A body of insert_body(), first of its node.
struct OwnedBody {
  explicit OwnedBody(const btRigidBody::btRigidBodyConstructionInfo& info) : body(info) {}
  btRigidBody body;
  OwnedBody* before = nullptr;
  OwnedBody* after = nullptr;
};

}  // namespace

struct PhysicsWorld3D::Home {
  explicit Home(const SmartAlloc& alloc)
      : dispatcher(&configuration),
        world(&dispatcher, &broadphase, &solver, &configuration),
        tracker(world, alloc) {}

  [[nodiscard]] OwnedBody* owner_of(const btRigidBody* body) const noexcept {
    OwnedBody* at = bodies;
    while (at != nullptr && &at->body != body) at = at->after;
    return at;
  }

  btDefaultCollisionConfiguration configuration;
  btCollisionDispatcher dispatcher;
  btDbvtBroadphase broadphase;
  btSequentialImpulseConstraintSolver solver;
  btDiscreteDynamicsWorld world;
  EventTracker tracker;
  OwnedBody* bodies = nullptr;  // the newest first
};

PhysicsWorld3D::PhysicsWorld3D(const SmartAlloc& alloc, btVector3 gravity) : alloc_(alloc) {
  void* const memory = alloc_.heap_alloc_bytes(sizeof(Home), alignof(Home));
  if (memory == nullptr) return;
  home_ = ::new (memory) Home(alloc_);
  home_->world.setGravity(gravity);
}

PhysicsWorld3D::~PhysicsWorld3D() {
  if (home_ == nullptr) return;
  while (home_->bodies != nullptr) remove_body(&home_->bodies->body);
  std::destroy_at(home_);
  alloc_.heap_free_bytes(home_);
}

btDiscreteDynamicsWorld& PhysicsWorld3D::world() noexcept { return home_->world; }
const btDiscreteDynamicsWorld& PhysicsWorld3D::world() const noexcept { return home_->world; }

void PhysicsWorld3D::set_gravity(const btVector3& gravity) {
  if (home_ != nullptr) home_->world.setGravity(gravity);
}

btRigidBody* PhysicsWorld3D::insert_body(const btRigidBody::btRigidBodyConstructionInfo& info,
                                         CallSite site) {
  if (home_ == nullptr) return nullptr;
  if (info.m_collisionShape == nullptr) {
    Report report;
    report.code = Code::FA011;
    report.message =
        "PhysicsWorld3D::insert_body(): the body has no shape, so it was not made; set "
        "btRigidBodyConstructionInfo::m_collisionShape";
    report.site = site;
    alloc_.report(report);
    return nullptr;
  }
  void* const memory = alloc_.heap_alloc_bytes(sizeof(OwnedBody), alignof(OwnedBody), site);
  if (memory == nullptr) return nullptr;
  auto* const made = ::new (memory) OwnedBody(info);
  made->after = home_->bodies;
  if (made->after != nullptr) made->after->before = made;
  home_->bodies = made;
  home_->world.addRigidBody(&made->body);
  return &made->body;
}

void PhysicsWorld3D::remove_body(btRigidBody* body) {
  if (home_ == nullptr || body == nullptr) return;
  home_->tracker.forget(body);
  home_->world.removeRigidBody(body);
  OwnedBody* const owned = home_->owner_of(body);
  if (owned == nullptr) return;  // the game's own
  (owned->before != nullptr ? owned->before->after : home_->bodies) = owned->after;
  if (owned->after != nullptr) owned->after->before = owned->before;
  std::destroy_at(owned);
  alloc_.heap_free_bytes(owned);
}

int PhysicsWorld3D::step(const StepSettings& settings) {
  return home_ == nullptr ? 0
                          : home_->world.stepSimulation(settings.time_step, settings.max_sub_steps,
                                                        settings.fixed_time_step);
}

StepEvents PhysicsWorld3D::step_with_events(SmartAlloc& alloc, const StepSettings& settings,
                                            CallSite site) {
  return home_ != nullptr ? home_->tracker.step(alloc, settings, site) : StepEvents();
}

std::span<const RayHit> PhysicsWorld3D::cast_ray(SmartAlloc& alloc, const btVector3& from,
                                                 const btVector3& to, const QueryFilter& filter,
                                                 CallSite site) const {
  if (home_ == nullptr) return {};
  return bullet::cast_ray(home_->world, alloc, from, to, filter, site);
}

std::optional<RayHit> PhysicsWorld3D::cast_ray_closest(const btVector3& from, const btVector3& to,
                                                       const QueryFilter& filter) const {
  if (home_ == nullptr) return std::nullopt;
  return bullet::cast_ray_closest(home_->world, from, to, filter);
}

std::span<const RayHit> PhysicsWorld3D::cast_shape(SmartAlloc& alloc, const btConvexShape& shape,
                                                   const btTransform& from, const btTransform& to,
                                                   const QueryFilter& filter, CallSite site) const {
  if (home_ == nullptr) return {};
  return bullet::cast_shape(home_->world, alloc, shape, from, to, filter, site);
}

std::span<const btCollisionObject* const> PhysicsWorld3D::overlap_aabb(SmartAlloc& alloc,
                                                                       const btVector3& min,
                                                                       const btVector3& max,
                                                                       const QueryFilter& filter,
                                                                       CallSite site) {
  if (home_ == nullptr) return {};
  return bullet::overlap_aabb(home_->world, alloc, min, max, filter, site);
}

std::span<const Contact> PhysicsWorld3D::overlap_object(SmartAlloc& alloc,
                                                        btCollisionObject& object,
                                                        const QueryFilter& filter, CallSite site) {
  if (home_ == nullptr) return {};
  return bullet::overlap_object(home_->world, alloc, object, filter, site);
}

}  // namespace framealloc::bullet
