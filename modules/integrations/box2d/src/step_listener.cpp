// SPDX-License-Identifier: MIT OR Apache-2.0
#include "step_listener.hpp"

#include <new>

namespace framealloc::box2d::detail {

void StepListener::record_hit(b2Contact& contact, const b2ContactImpulse& impulse,
                              float sum) noexcept {
  if (pre_solved_) {
    pre_solved_ = false;
    repeats_ = !logs_.hits.empty();
  }
  HitRecord* const known = repeats_ ? index_.find(logs_, &contact) : nullptr;
  if (known != nullptr && sum <= known->event.normal_impulse) return;
  void* const at = known != nullptr ? known : logs_.hits.add(logs_.alloc);
  if (at == nullptr) {
    ++logs_.dropped;
    return;
  }
  b2WorldManifold manifold;
  contact.GetWorldManifold(&manifold);
  float tangent = 0;
  for (int32 i = 0; i < impulse.count; ++i) tangent += impulse.tangentImpulses[i];
  auto* const record = ::new (at) HitRecord{{contact.GetFixtureA(), contact.GetFixtureB(),
                                             manifold.normal, manifold.points[0], sum, tangent},
                                            &contact};
  if (known == nullptr) index_.add(record);
}

void ChainedStepListener::BeginContact(b2Contact* contact) {
  StepListener::BeginContact(contact);
  if (b2ContactListener* const next = *next_) next->BeginContact(contact);
}

void ChainedStepListener::EndContact(b2Contact* contact) {
  StepListener::EndContact(contact);
  if (b2ContactListener* const next = *next_) next->EndContact(contact);
}

void ChainedStepListener::PreSolve(b2Contact* contact, const b2Manifold* old_manifold) {
  note_pre_solve();
  if (b2ContactListener* const next = *next_) next->PreSolve(contact, old_manifold);
}

void ChainedStepListener::PostSolve(b2Contact* contact, const b2ContactImpulse* impulse) {
  note_hit(*contact, *impulse);
  if (b2ContactListener* const next = *next_) next->PostSolve(contact, impulse);
}

}  // namespace framealloc::box2d::detail
