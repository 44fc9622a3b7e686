// SPDX-License-Identifier: MIT OR Apache-2.0
// Box2D 3 with frame memory: what b2World_Get*Events() tell of a step, which the next step
// overwrites, and the contacts, as spans that live until the frame ends. Headers only, against the
// public interface of Box2D 3.1 or newer.
#pragma once

#include <framealloc/box2d_v3/memory.hpp>
#include <framealloc/box2d_v3/pair_users.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/frame_vec.hpp>
#include <framealloc/smart_alloc.hpp>

#include <box2d/box2d.h>

#include <cstddef>
#include <limits>
#include <new>
#include <span>
#include <type_traits>

namespace framealloc::box2d_v3 {

/// What b2World_Step() takes.
struct StepSettings {
  float time_step = 1.0F / 60;  ///< seconds
  int sub_steps = 4;
  bool contacts = true;  ///< StepEvents::contacts too, which costs a walk over all shapes
};

/// A position in the world: b2Vec2, or what Box2D has for it in its large worlds.
using Position = decltype(b2ContactHitEvent::point);
/// A place in the world: b2Transform, or what Box2D has for it in its large worlds.
using Placement = decltype(b2BodyMoveEvent::transform);

/// Two shapes that touch after the step.
struct Contact {
  b2ShapeId shape_a;
  b2ShapeId shape_b;
  b2Manifold manifold;
};

/// Two shapes that began to touch.
struct BeginEvent {
  b2ShapeId shape_a;
  b2ShapeId shape_b;
  b2Vec2 normal;  ///< from a to b
};

/// Two shapes that ceased to touch. If one of them was destroyed its id is only its identity, and
/// the user data is what EventCollector remembers.
struct EndEvent {
  b2ShapeId shape_a;
  b2ShapeId shape_b;
  void* user_a;
  void* user_b;
  bool between_steps;  ///< a shape was destroyed; Box2D tells no other end between steps apart
};

/// Two shapes that met faster than b2WorldDef::hitEventThreshold.
struct HitEvent {
  b2ShapeId shape_a;
  b2ShapeId shape_b;
  Position point;
  b2Vec2 normal;  ///< from a to b
  float approach_speed;
};

/// A shape that entered or left a sensor.
struct SensorEvent {
  b2ShapeId sensor;
  b2ShapeId visitor;
  void* sensor_user;
  void* visitor_user;
  bool between_steps;  ///< as in EndEvent
};

/// A body that the step moved.
struct MoveEvent {
  b2BodyId body;
  void* user;
  Placement placement;
  bool fell_asleep;
};

/// What happened in a step, in Box2D's order. The spans are frame memory of the thread that stepped.
struct StepEvents {
  std::span<const Contact> contacts;  ///< by shape, as a box query finds them
  std::span<const BeginEvent> begins;
  std::span<const EndEvent> ends;
  std::span<const HitEvent> hits;
  std::span<const SensorEvent> sensor_begins;
  std::span<const SensorEvent> sensor_ends;
  std::span<const MoveEvent> moves;
  std::size_t dropped = 0;  ///< entries that memory was denied for
  [[nodiscard]] bool complete() const noexcept { return dropped == 0; }
};

namespace detail {

/// The contacts of one shape at a time, in memory that grows to the largest number of them.
class ContactBuffer {
 public:
  explicit ContactBuffer(SmartAlloc& alloc) noexcept : alloc_(alloc) {}
  ~ContactBuffer() { alloc_.heap_free_bytes(grown_); }
  ContactBuffer(const ContactBuffer&) = delete;
  ContactBuffer& operator=(const ContactBuffer&) = delete;

  /// Result: the touching contacts of the shape; `*whole` is false if the heap denied memory for
  /// some of them.
  [[nodiscard]] std::span<const b2ContactData> of(b2ShapeId shape, bool* whole) noexcept {
    const int most = b2Shape_GetContactCapacity(shape);
    if (most <= 0) return {};
    if (most > capacity_ && !grow(most)) *whole = false;
    b2ContactData* const to = grown_ != nullptr ? grown_ : in_place_;
    const int count = b2Shape_GetContactData(shape, to, capacity_);
    return {to, static_cast<std::size_t>(count)};
  }

 private:
  static constexpr int kInPlace = 16;
  [[nodiscard]] bool grow(int most) noexcept {
    const int capacity = most > std::numeric_limits<int>::max() / 2 ? most : 2 * most;
    void* const memory = alloc_.heap_alloc_bytes(
        static_cast<std::size_t>(capacity) * sizeof(b2ContactData), alignof(b2ContactData));
    if (memory == nullptr) return false;
    alloc_.heap_free_bytes(grown_);
    grown_ = static_cast<b2ContactData*>(memory);
    capacity_ = capacity;
    return true;
  }

  SmartAlloc& alloc_;
  b2ContactData* grown_ = nullptr;
  int capacity_ = kInPlace;
  b2ContactData in_place_[kInPlace];
};

/// Effect: calls `visit(shape)` for every shape of the world that has a category.
template <class Visit>
void for_each_shape(b2WorldId world, Visit& visit) {
  constexpr float kFar = std::numeric_limits<float>::max() / 4;
  const b2AABB everywhere{{-kFar, -kFar}, {kFar, kFar}};
  b2QueryFilter all = b2DefaultQueryFilter();
  all.categoryBits = all.maskBits = ~decltype(all.maskBits){0};
  const auto found = [](b2ShapeId shape, void* context) {
    (*static_cast<Visit*>(context))(shape);
    return true;
  };
  // After 3.1 the box is relative to an origin.
  const auto query = [&](auto* overlap) {
    using Overlap = decltype(overlap);
    if constexpr (std::is_invocable_v<Overlap, b2WorldId, b2AABB, b2QueryFilter,
                                      b2OverlapResultFcn*, void*>) {
      (void)overlap(world, everywhere, all, found, &visit);
    } else {
      (void)overlap(world, Position{}, everywhere, all, found, &visit);
    }
  };
  query(&b2World_OverlapAABB);
}

[[nodiscard]] inline std::span<const Contact> gather_contacts(b2WorldId world, SmartAlloc& alloc,
                                                              std::size_t& dropped, CallSite site) {
  FrameVec<Contact> contacts(alloc.frame_arena(), 0, site);
  ContactBuffer buffer(alloc);
  std::size_t found = 0;
  bool whole = true;
  auto visit = [&](b2ShapeId shape) {
    for (const b2ContactData& data : buffer.of(shape, &whole)) {
      if (!is_same(data.shapeIdA, shape)) continue;  // its other shape tells it
      ++found;
      if (whole) whole = contacts.push_back({data.shapeIdA, data.shapeIdB, data.manifold}, site);
    }
  };
  for_each_shape(world, visit);
  if (!whole) {
    dropped += found > 0 ? found : 1;
    return {};
  }
  contacts.shrink_to_fit();
  return contacts.into_span();
}

// 3.1 tells the manifold of a contact that begins; later the contact can be asked for it.
template <class Event>
[[nodiscard]] b2Vec2 normal_of(const Event& event) noexcept {
  if constexpr (requires { event.manifold; }) {
    return event.manifold.normal;
  } else {
    if (!b2Contact_IsValid(event.contactId)) return {0, 0};
    return b2Contact_GetData(event.contactId).manifold.normal;
  }
}

/// The spans of one step.
class Gathering {
 public:
  Gathering(b2WorldId world, SmartAlloc& alloc, PairUsers* pairs, CallSite site) noexcept
      : world_(world), alloc_(alloc), pairs_(pairs), site_(site) {}

  [[nodiscard]] StepEvents take(const StepSettings& settings) {
    if (settings.contacts) {
      events_.contacts = gather_contacts(world_, alloc_, events_.dropped, site_);
    }
    const b2ContactEvents contacts = b2World_GetContactEvents(world_);
    // A pair that ended between two steps may have begun again in this one: ends first.
    events_.ends = copy<EndEvent>(contacts.endEvents, contacts.endCount, [&](const auto& event) {
      const Ended ended = end(event.shapeIdA, event.shapeIdB);
      return EndEvent{event.shapeIdA, event.shapeIdB, ended.users.a, ended.users.b,
                      ended.between_steps};
    });
    events_.begins =
        copy<BeginEvent>(contacts.beginEvents, contacts.beginCount, [&](const auto& event) {
          begin(event.shapeIdA, event.shapeIdB);
          return BeginEvent{event.shapeIdA, event.shapeIdB, normal_of(event)};
        });
    events_.hits = copy<HitEvent>(contacts.hitEvents, contacts.hitCount, [](const auto& event) {
      return HitEvent{event.shapeIdA, event.shapeIdB, event.point, event.normal,
                      event.approachSpeed};
    });
    const b2SensorEvents sensors = b2World_GetSensorEvents(world_);
    events_.sensor_ends =
        copy<SensorEvent>(sensors.endEvents, sensors.endCount, [&](const auto& event) {
          const Ended ended = end(event.sensorShapeId, event.visitorShapeId);
          return SensorEvent{event.sensorShapeId, event.visitorShapeId, ended.users.a,
                             ended.users.b, ended.between_steps};
        });
    events_.sensor_begins =
        copy<SensorEvent>(sensors.beginEvents, sensors.beginCount, [&](const auto& event) {
          const Users users = begin(event.sensorShapeId, event.visitorShapeId);
          return SensorEvent{event.sensorShapeId, event.visitorShapeId, users.a, users.b, false};
        });
    const b2BodyEvents bodies = b2World_GetBodyEvents(world_);
    events_.moves = copy<MoveEvent>(bodies.moveEvents, bodies.moveCount, [](const auto& event) {
      return MoveEvent{event.bodyId, event.userData, event.transform, event.fellAsleep};
    });
    return events_;
  }

 private:
  struct Ended {
    Users users;
    bool between_steps;
  };

  // Effect: `as` sees every event, in order, also where the frame denies the copies.
  template <class To, class From, class As>
  [[nodiscard]] std::span<const To> copy(const From* from, int count, As&& as) {
    static_assert(std::is_trivially_copyable_v<To>);
    if (count <= 0) return {};
    const auto size = static_cast<std::size_t>(count);
    To* const to = alloc_.frame_arena().template alloc_batch<To>(size, site_);
    for (std::size_t i = 0; i < size; ++i) {
      const To event = as(from[i]);
      if (to != nullptr) ::new (static_cast<void*>(to + i)) To(event);
    }
    if (to != nullptr) return {to, size};
    events_.dropped += size;
    return {};
  }
  [[nodiscard]] static void* user_of(b2ShapeId shape, void* remembered) noexcept {
    return b2Shape_IsValid(shape) ? b2Shape_GetUserData(shape) : remembered;
  }
  Users begin(b2ShapeId a, b2ShapeId b) noexcept {
    const Users users{user_of(a, nullptr), user_of(b, nullptr)};
    if (pairs_ != nullptr && !pairs_->add(a, b, users)) ++events_.dropped;
    return users;
  }
  [[nodiscard]] Ended end(b2ShapeId a, b2ShapeId b) noexcept {
    const Users known = pairs_ != nullptr ? pairs_->take(a, b) : Users{};
    return {{user_of(a, known.a), user_of(b, known.b)}, !b2Shape_IsValid(a) || !b2Shape_IsValid(b)};
  }

  b2WorldId world_;
  SmartAlloc& alloc_;
  PairUsers* pairs_;
  CallSite site_;
  StepEvents events_;
};

}  // namespace detail

/// Effect: steps the world and gathers what happened, also what ended since the last step. The user
/// data of a shape that was destroyed is null; see EventCollector. Failure: the step is always done;
/// what memory is denied for is counted in StepEvents::dropped and reported by `alloc`. Thread
/// contract: the world's thread, with a frame open.
inline StepEvents step_with_events(b2WorldId world, SmartAlloc& alloc,
                                   const StepSettings& settings = {},
                                   CallSite site = CallSite::current()) {
  b2World_Step(world, settings.time_step, settings.sub_steps);
  return detail::Gathering(world, alloc, nullptr, site).take(settings);
}

/// Result: the contacts of the world that touch, sensors left out, each once. Failure: none of them
/// if the frame denies the memory; `dropped` then says how many there are, else 0. For a shape with
/// more than 16 contacts the heap is asked too; where it denies that, those beyond are not counted.
/// Thread contract: the world's thread, outside of a step, with a frame open.
inline std::span<const Contact> touching_contacts(b2WorldId world, SmartAlloc& alloc,
                                                  std::size_t* dropped = nullptr,
                                                  CallSite site = CallSite::current()) {
  std::size_t missing = 0;
  const std::span<const Contact> contacts = detail::gather_contacts(world, alloc, missing, site);
  if (dropped != nullptr) *dropped = missing;
  return contacts;
}

/// step_with_events() that remembers the user data of shapes that touch, so that an end tells it even
/// where a shape was destroyed: what it was when the two began to touch. Its memory, 32 bytes a pair
/// and as much of room, is in the heap of the allocator; a pair that it denies counts in
/// StepEvents::dropped. Requirement: the world lives as long as step() is called. Thread contract:
/// the world's thread.
class EventCollector {
 public:
  EventCollector(b2WorldId world, const SmartAlloc& alloc) noexcept
      : world_(world), pairs_(alloc) {}
  EventCollector(const EventCollector&) = delete;
  EventCollector& operator=(const EventCollector&) = delete;

  /// Effect: as step_with_events(). What the world does in steps of its own in between is not told.
  StepEvents step(SmartAlloc& alloc, const StepSettings& settings = {},
                  CallSite site = CallSite::current()) {
    b2World_Step(world_, settings.time_step, settings.sub_steps);
    return detail::Gathering(world_, alloc, &pairs_, site).take(settings);
  }

 private:
  b2WorldId world_;
  detail::PairUsers pairs_;
};

}  // namespace framealloc::box2d_v3
