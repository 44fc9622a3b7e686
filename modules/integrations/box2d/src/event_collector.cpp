// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/box2d/physics.hpp>

#include "contacts.hpp"
#include "step.hpp"

namespace framealloc::box2d {

namespace detail {

// Inside a step the step's own listener records; this one is passed over or only passes on.
void BetweenSteps::BeginContact(b2Contact* contact) {
  if (next != nullptr) next->BeginContact(contact);
}

void BetweenSteps::EndContact(b2Contact* contact) {
  if (!world_->IsLocked()) logs_->end(*contact, true);
  if (next != nullptr) next->EndContact(contact);
}

void BetweenSteps::PreSolve(b2Contact* contact, const b2Manifold* old_manifold) {
  if (next != nullptr) next->PreSolve(contact, old_manifold);
}

void BetweenSteps::PostSolve(b2Contact* contact, const b2ContactImpulse* impulse) {
  if (next != nullptr) next->PostSolve(contact, impulse);
}

}  // namespace detail

EventCollector::EventCollector(b2World& world, const SmartAlloc& alloc)
    : world_(&world), logs_(alloc), between_(world, logs_) {
  between_.next = world.GetContactManager().m_contactListener;
  world.SetContactListener(&between_);
}

EventCollector::~EventCollector() { detach(); }

void EventCollector::detach() noexcept {
  if (world_ == nullptr) return;
  if (world_->GetContactManager().m_contactListener == &between_) {
    world_->SetContactListener(between_.next);
  }
  world_ = nullptr;
  logs_.clear();
}

void EventCollector::set_listener(b2ContactListener* listener) noexcept {
  between_.next = listener;
}

StepEvents EventCollector::step(SmartAlloc& alloc, const StepSettings& settings, CallSite site) {
  StepEvents events;
  if (world_ == nullptr) return events;
  b2ContactListener* const place = world_->GetContactManager().m_contactListener;
  b2ContactListener* const* const next = place == &between_ ? &between_.next : &place;
  detail::gather_step(*world_, logs_, next, place, settings);
  FrameArena& arena = alloc.frame_arena();
  events.contacts = detail::gather_contacts(*world_, arena, expected_, events.dropped, site);
  logs_.deliver(events, arena, site);
  return events;
}

}  // namespace framealloc::box2d
