// SPDX-License-Identifier: MIT OR Apache-2.0
// What a contact listener sees, as the records that wait for the end of the step.
#include <framealloc/box2d/physics.hpp>

#include <new>

namespace framealloc::box2d::detail {

StepLogs::~StepLogs() { clear(); }

void StepLogs::begin(b2Contact& contact) noexcept {
  b2Fixture* const a = contact.GetFixtureA();
  b2Fixture* const b = contact.GetFixtureB();
  if (a->IsSensor() || b->IsSensor()) {
    b2Fixture* const sensor = a->IsSensor() ? a : b;
    b2Fixture* const visitor = a->IsSensor() ? b : a;
    if (void* const at = sensor_begins.add(alloc)) {
      ::new (at) SensorEvent{sensor, visitor, sensor->GetUserData().pointer,
                             visitor->GetUserData().pointer, false};
    } else {
      ++dropped;
    }
    return;
  }
  void* const at = begins.add(alloc);
  if (at == nullptr) {
    ++dropped;
    return;
  }
  b2WorldManifold manifold;
  contact.GetWorldManifold(&manifold);
  const b2Vec2 point = manifold.points[0];
  const b2Vec2 approach = a->GetBody()->GetLinearVelocityFromWorldPoint(point) -
                          b->GetBody()->GetLinearVelocityFromWorldPoint(point);
  ::new (at) BeginEvent{a,
                        b,
                        contact.GetChildIndexA(),
                        contact.GetChildIndexB(),
                        manifold.normal,
                        point,
                        b2Dot(approach, manifold.normal)};
}

void StepLogs::end(b2Contact& contact, bool between_steps) noexcept {
  b2Fixture* const a = contact.GetFixtureA();
  b2Fixture* const b = contact.GetFixtureB();
  if (a->IsSensor() || b->IsSensor()) {
    b2Fixture* const sensor = a->IsSensor() ? a : b;
    b2Fixture* const visitor = a->IsSensor() ? b : a;
    if (void* const at = sensor_ends.add(alloc)) {
      ::new (at) SensorEvent{sensor, visitor, sensor->GetUserData().pointer,
                             visitor->GetUserData().pointer, between_steps};
    } else {
      ++dropped;
    }
    return;
  }
  if (void* const at = ends.add(alloc)) {
    ::new (at) EndEvent{a, b, a->GetUserData().pointer, b->GetUserData().pointer, between_steps};
  } else {
    ++dropped;
  }
}

void StepLogs::deliver(StepEvents& events, FrameArena& arena, CallSite site) noexcept {
  events.begins = begins.move_to_frame(alloc, arena, dropped, site);
  events.ends = ends.move_to_frame(alloc, arena, dropped, site);
  events.sensor_begins = sensor_begins.move_to_frame(alloc, arena, dropped, site);
  events.sensor_ends = sensor_ends.move_to_frame(alloc, arena, dropped, site);
  events.hits = hits.move_to_frame(alloc, arena, dropped, site,
                                   [](const HitRecord& record) { return record.event; });
  events.dropped += dropped;
  dropped = 0;
}

void StepLogs::clear() noexcept {
  begins.clear(alloc);
  ends.clear(alloc);
  hits.clear(alloc);
  sensor_begins.clear(alloc);
  sensor_ends.clear(alloc);
  dropped = 0;
}

}  // namespace framealloc::box2d::detail
