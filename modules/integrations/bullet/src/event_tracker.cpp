// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/align.hpp>
#include <framealloc/bullet/physics.hpp>

#include <algorithm>
#include <new>

namespace framealloc::bullet {
namespace {

[[nodiscard]] bool is_sensor(const btCollisionObject& a, const btCollisionObject& b) noexcept {
  return !a.hasContactResponse() || !b.hasContactResponse();
}

// Effect: calls `visit(manifold)` for those that have points.
template <class Visit>
void for_each_touching(btDispatcher& dispatcher, Visit&& visit) {
  const int count = dispatcher.getNumManifolds();
  btPersistentManifold** const manifolds = dispatcher.getInternalManifoldPointer();
  for (int i = 0; i < count; ++i) {
    if (manifolds[i]->getNumContacts() != 0) visit(*manifolds[i]);
  }
}

[[nodiscard]] std::span<const Contact> gather(btDispatcher& dispatcher, FrameArena& arena,
                                              std::size_t& dropped, CallSite site) {
  std::size_t contact_count = 0;
  std::size_t point_count = 0;
  for_each_touching(dispatcher, [&](const btPersistentManifold& manifold) {
    ++contact_count;
    point_count += static_cast<std::size_t>(manifold.getNumContacts());
  });
  if (contact_count == 0) return {};
  // In one block: there are all of them or none.
  const std::size_t point_bytes = align_up(point_count * sizeof(ContactPoint), alignof(Contact));
  void* const memory = arena.alloc_bytes(point_bytes + contact_count * sizeof(Contact),
                                         std::max(alignof(ContactPoint), alignof(Contact)), site);
  if (memory == nullptr) {
    dropped += contact_count;
    return {};
  }
  auto* point = static_cast<ContactPoint*>(memory);
  auto* contact = reinterpret_cast<Contact*>(static_cast<std::byte*>(memory) + point_bytes);
  const std::span<const Contact> contacts(contact, contact_count);
  for_each_touching(dispatcher, [&](const btPersistentManifold& manifold) {
    const btCollisionObject* const a = manifold.getBody0();
    const btCollisionObject* const b = manifold.getBody1();
    const ContactPoint* const first = point;
    const int count = manifold.getNumContacts();
    for (int i = 0; i < count; ++i, ++point) {
      const btManifoldPoint& from = manifold.getContactPoint(i);
      ::new (static_cast<void*>(point))
          ContactPoint{from.m_positionWorldOnA, from.m_positionWorldOnB, from.m_localPointA,
                       from.m_localPointB,      from.m_normalWorldOnB,   from.m_distance1,
                       from.m_appliedImpulse,   from.m_lifeTime};
    }
    ::new (static_cast<void*>(contact++))
        Contact{a, b, {first, static_cast<std::size_t>(count)}, is_sensor(*a, *b)};
  });
  return contacts;
}

[[nodiscard]] PairEvent event_of(const detail::Pair& pair, bool between_steps) noexcept {
  return {pair.body_a, pair.body_b, pair.user_a, pair.user_b, pair.sensor, between_steps};
}

}  // namespace

std::span<const Contact> touching_contacts(btCollisionWorld& world, SmartAlloc& alloc,
                                           std::size_t* dropped, CallSite site) {
  std::size_t missing = 0;
  const std::span<const Contact> contacts =
      gather(*world.getDispatcher(), alloc.frame_arena(), missing, site);
  if (dropped != nullptr) *dropped = missing;
  return contacts;
}

StepEvents EventTracker::step(SmartAlloc& alloc, const StepSettings& settings, CallSite site) {
  StepEvents events;
  events.sub_steps =
      world_->stepSimulation(settings.time_step, settings.max_sub_steps, settings.fixed_time_step);
  FrameArena& arena = alloc.frame_arena();
  events.contacts = gather(*world_->getDispatcher(), arena, events.dropped, site);
  ++now_;
  const std::size_t known = pairs_.size();
  events.dropped += find_pairs();
  tell_begins(events, arena, known, site);
  tell_ends(events, arena, site);
  pairs_.keep_seen(now_);
  return events;
}

// Effect: marks the pairs that touch now; new ones are behind those that were known. Result: how
// many could not be noted.
std::size_t EventTracker::find_pairs() noexcept {
  std::size_t missing = 0;
  for_each_touching(*world_->getDispatcher(), [&](const btPersistentManifold& manifold) {
    const btCollisionObject* const a = manifold.getBody0();
    const btCollisionObject* const b = manifold.getBody1();
    detail::Pair* const pair = pairs_.find_or_add(a, b);
    if (pair == nullptr) {
      ++missing;
      return;
    }
    if (pair->seen == now_) return;  // another manifold of the two
    pair->seen = now_;
    pair->user_a = pair->body_a->getUserPointer();
    pair->user_b = pair->body_b->getUserPointer();
    pair->sensor = is_sensor(*a, *b);
  });
  return missing;
}

void EventTracker::tell_begins(StepEvents& events, FrameArena& arena, std::size_t known,
                               CallSite site) noexcept {
  const std::size_t count = pairs_.size() - known;
  if (count == 0) return;
  auto* const begins = arena.alloc_batch<PairEvent>(count, site);
  if (begins == nullptr) {
    events.dropped += count;
    return;
  }
  for (std::size_t i = 0; i < count; ++i)
    ::new (&begins[i]) PairEvent(event_of(pairs_[known + i], false));
  events.begins = {begins, count};
}

void EventTracker::tell_ends(StepEvents& events, FrameArena& arena, CallSite site) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    if (pairs_[i].forgotten || pairs_[i].seen != now_) ++count;
  }
  if (count == 0) return;
  auto* const ends = arena.alloc_batch<PairEvent>(count, site);
  if (ends == nullptr) {
    events.dropped += count;
    return;
  }
  PairEvent* end = ends;
  for (const bool between_steps : {true, false}) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const detail::Pair& pair = pairs_[i];
      const bool ended = between_steps ? pair.forgotten : !pair.forgotten && pair.seen != now_;
      if (ended) ::new (end++) PairEvent(event_of(pair, between_steps));
    }
  }
  events.ends = {ends, count};
}

void EventTracker::forget(const btCollisionObject* body) noexcept {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    detail::Pair& pair = pairs_[i];
    if (pair.forgotten || (pair.body_a != body && pair.body_b != body)) continue;
    (pair.body_a == body ? pair.user_a : pair.user_b) = body->getUserPointer();
    pair.forgotten = true;
  }
}

}  // namespace framealloc::bullet
