// SPDX-License-Identifier: MIT OR Apache-2.0
#include "step.hpp"

#include <box2d/b2_contact_manager.h>

#include "contacts.hpp"
#include "step_listener.hpp"

namespace framealloc::box2d {
namespace detail {
namespace {

// Puts a listener in place for a scope, which a callback of the game may leave by an exception.
class InPlace {
 public:
  InPlace(b2World& world, b2ContactListener& listener, b2ContactListener* before) noexcept
      : world_(world), listener_(listener), before_(before) {
    world.SetContactListener(&listener);
  }
  ~InPlace() {
    if (!is_displaced()) world_.SetContactListener(before_);
  }
  [[nodiscard]] bool is_displaced() const noexcept {
    return world_.GetContactManager().m_contactListener != &listener_;
  }
  InPlace(const InPlace&) = delete;
  InPlace& operator=(const InPlace&) = delete;

 private:
  b2World& world_;
  b2ContactListener& listener_;
  b2ContactListener* before_;
};

void step_as(b2World& world, StepLogs& logs, b2ContactListener& listener, b2ContactListener* place,
             const StepSettings& settings) {
  const InPlace in_place(world, listener, place);
  world.Step(settings.time_step, settings.velocity_iterations, settings.position_iterations);
  if (in_place.is_displaced()) ++logs.dropped;
}

// Result: false for none, and for Box2D's own, which does nothing.
[[nodiscard]] bool is_worth_calling(const b2ContactListener* listener) {
  // The library does not export it, but gives it to every contact manager that it makes.
  static const b2ContactListener* const of_box2d = b2ContactManager().m_contactListener;
  return listener != nullptr && listener != of_box2d;
}

}  // namespace

void gather_step(b2World& world, StepLogs& logs, b2ContactListener* const* next,
                 b2ContactListener* place, const StepSettings& settings) {
  if (is_worth_calling(*next)) {
    ChainedStepListener listener(logs, settings.min_hit_impulse, next);
    step_as(world, logs, listener, place, settings);
  } else {
    StepListener listener(logs, settings.min_hit_impulse);
    step_as(world, logs, listener, place, settings);
  }
}

}  // namespace detail

StepEvents step_with_events(b2World& world, SmartAlloc& alloc, const StepSettings& settings,
                            CallSite site) {
  StepEvents events;
  detail::StepLogs logs(alloc);
  b2ContactListener* const place = world.GetContactManager().m_contactListener;
  detail::gather_step(world, logs, &place, place, settings);
  FrameArena& arena = alloc.frame_arena();
  events.contacts = detail::gather_contacts(world, arena, events.dropped, site);
  logs.deliver(events, arena, site);
  return events;
}

}  // namespace framealloc::box2d
