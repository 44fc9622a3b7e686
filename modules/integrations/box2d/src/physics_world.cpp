// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/box2d/physics.hpp>
#include <framealloc/report.hpp>

#include <memory>
#include <new>

namespace framealloc::box2d {

PhysicsWorld2D::PhysicsWorld2D(const SmartAlloc& alloc, b2Vec2 gravity) : alloc_(alloc) {
  void* const memory = alloc_.heap_alloc_bytes(sizeof(Home), alignof(Home));
  if (memory != nullptr) home_ = ::new (memory) Home(alloc_, gravity);
}

PhysicsWorld2D::~PhysicsWorld2D() {
  if (home_ == nullptr) return;
  std::destroy_at(home_);
  alloc_.heap_free_bytes(home_);
}

void PhysicsWorld2D::set_gravity(b2Vec2 gravity) {
  if (home_ != nullptr) home_->world.SetGravity(gravity);
}

PhysicsWorld2D::Inserted PhysicsWorld2D::insert_body(const b2BodyDef& body,
                                                     const b2FixtureDef& fixture, CallSite site) {
  if (home_ == nullptr || home_->world.IsLocked()) return {};
  if (fixture.shape == nullptr) {
    Report report;
    report.code = Code::FA011;
    report.message =
        "PhysicsWorld2D::insert_body(): the fixture definition has no shape, so no body was made; "
        "set b2FixtureDef::shape";
    report.site = site;
    alloc_.report(report);
    return {};
  }
  b2Body* const made = home_->world.CreateBody(&body);
  return {made, made->CreateFixture(&fixture)};
}

void PhysicsWorld2D::remove_body(b2Body* body) {
  if (home_ != nullptr && body != nullptr) home_->world.DestroyBody(body);
}

void PhysicsWorld2D::step(const StepSettings& settings) {
  if (home_ == nullptr) return;
  home_->collector.forget_pending();
  home_->world.Step(settings.time_step, settings.velocity_iterations, settings.position_iterations);
}

StepEvents PhysicsWorld2D::step_with_events(SmartAlloc& alloc, const StepSettings& settings,
                                            CallSite site) {
  return home_ != nullptr ? home_->collector.step(alloc, settings, site) : StepEvents();
}

void PhysicsWorld2D::set_listener(b2ContactListener* listener) {
  if (home_ != nullptr) home_->collector.set_listener(listener);
}

std::span<const RayHit> PhysicsWorld2D::cast_ray(SmartAlloc& alloc, b2Vec2 from, b2Vec2 to,
                                                 const QueryFilter& filter, CallSite site) const {
  if (home_ == nullptr) return {};
  return box2d::cast_ray(home_->world, alloc, from, to, filter, site);
}

std::optional<RayHit> PhysicsWorld2D::cast_ray_closest(b2Vec2 from, b2Vec2 to,
                                                       const QueryFilter& filter) const {
  if (home_ == nullptr) return std::nullopt;
  return box2d::cast_ray_closest(home_->world, from, to, filter);
}

std::span<const ShapeHit> PhysicsWorld2D::cast_shape(SmartAlloc& alloc, const b2Shape& shape,
                                                     const b2Transform& from, b2Vec2 translation,
                                                     const QueryFilter& filter,
                                                     CallSite site) const {
  if (home_ == nullptr) return {};
  return box2d::cast_shape(home_->world, alloc, shape, from, translation, filter, site);
}

std::span<b2Fixture* const> PhysicsWorld2D::overlap_shape(SmartAlloc& alloc, const b2Shape& shape,
                                                          const b2Transform& transform,
                                                          const QueryFilter& filter,
                                                          CallSite site) const {
  if (home_ == nullptr) return {};
  return box2d::overlap_shape(home_->world, alloc, shape, transform, filter, site);
}

std::span<b2Fixture* const> PhysicsWorld2D::overlap_aabb(SmartAlloc& alloc, const b2AABB& box,
                                                         const QueryFilter& filter,
                                                         CallSite site) const {
  if (home_ == nullptr) return {};
  return box2d::overlap_aabb(home_->world, alloc, box, filter, site);
}

}  // namespace framealloc::box2d
