// SPDX-License-Identifier: MIT OR Apache-2.0
// Box2D 2.4 with frame memory: everything that happened in a step, and the answers of queries, as
// spans that live until the frame ends. Works on a world that the game owns and leaves the game's
// contact listener where it is.
#pragma once

#include <framealloc/box2d/event_log.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/smart_alloc.hpp>

#include <box2d/box2d.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace framealloc::box2d {

/// What b2World::Step() takes, and what counts as a hit.
struct StepSettings {
  float time_step = 1.0F / 60;  ///< seconds
  int velocity_iterations = 8;
  int position_iterations = 3;
  float min_hit_impulse = 1;  ///< a weaker contact is no HitEvent; newton seconds
};

/// One point of a contact, in world coordinates.
struct ContactPoint {
  b2Vec2 point;
  float separation;  ///< negative where the shapes overlap
  float normal_impulse;
  float tangent_impulse;
  std::uint32_t id;  ///< b2ContactID::key
};

/// Two fixtures that touch after the step.
struct Contact {
  b2Fixture* fixture_a;
  b2Fixture* fixture_b;
  std::int32_t child_a;
  std::int32_t child_b;
  b2Vec2 normal;  ///< from a to b; zero if the game's listener removed the points
  std::span<const ContactPoint> points;
};

/// Two fixtures that began to touch: a call of b2ContactListener::BeginContact().
struct BeginEvent {
  b2Fixture* fixture_a;
  b2Fixture* fixture_b;
  std::int32_t child_a;
  std::int32_t child_b;
  b2Vec2 normal;         ///< from a to b
  b2Vec2 point;          ///< the first of the contact's
  float approach_speed;  ///< of the bodies at the point along the normal; positive when they meet
};

/// Two fixtures that ceased to touch: a call of b2ContactListener::EndContact(). If one of them was
/// destroyed its pointer is only its identity. The user data is that of the fixtures.
struct EndEvent {
  b2Fixture* fixture_a;
  b2Fixture* fixture_b;
  std::uintptr_t user_a;
  std::uintptr_t user_b;
  bool between_steps;  ///< ended by the game: a body, a fixture or a joint was changed
};

/// The strongest push of a contact in the step: of its calls of b2ContactListener::PostSolve(), the
/// one with the largest sum of normal impulses.
struct HitEvent {
  b2Fixture* fixture_a;
  b2Fixture* fixture_b;
  b2Vec2 normal;          ///< from a to b
  b2Vec2 point;           ///< the first of the contact's
  float normal_impulse;   ///< the sum over its points
  float tangent_impulse;  ///< the sum over its points
};

/// A fixture that entered or left a sensor. If both are sensors, `sensor` is fixture A.
struct SensorEvent {
  b2Fixture* sensor;
  b2Fixture* visitor;
  std::uintptr_t sensor_user;
  std::uintptr_t visitor_user;
  bool between_steps;  ///< as in EndEvent
};

/// What happened in a step. The spans are frame memory of the thread that stepped.
struct StepEvents {
  std::span<const Contact> contacts;  ///< in the order of the world's contact list
  std::span<const BeginEvent> begins;
  std::span<const EndEvent> ends;
  std::span<const HitEvent> hits;  ///< in the order in which they first counted as hits
  std::span<const SensorEvent> sensor_begins;
  std::span<const SensorEvent> sensor_ends;
  std::size_t dropped = 0;  ///< entries that memory was denied for
  [[nodiscard]] bool complete() const noexcept { return dropped == 0; }
};

namespace detail {

struct HitRecord {
  HitEvent event;
  const b2Contact* contact;
};

// The events of one step until it is over.
struct StepLogs {
  explicit StepLogs(const SmartAlloc& allocator) noexcept : alloc(allocator) {}
  ~StepLogs();
  StepLogs(const StepLogs&) = delete;
  StepLogs& operator=(const StepLogs&) = delete;
  void begin(b2Contact& contact) noexcept;
  void end(b2Contact& contact, bool between_steps) noexcept;
  // Effect: hands everything to the frame; the logs are empty afterwards.
  void deliver(StepEvents& events, FrameArena& arena, CallSite site) noexcept;
  void clear() noexcept;

  SmartAlloc alloc;
  EventLog<BeginEvent, 24> begins;
  EventLog<EndEvent, 24> ends;
  EventLog<HitRecord, 48> hits;
  EventLog<SensorEvent, 8> sensor_begins;
  EventLog<SensorEvent, 8> sensor_ends;
  std::size_t dropped = 0;
};

// How many contacts and points a gathering found, so that the next one reserves about that much.
struct ContactCounts {
  std::uint32_t contacts = 0;
  std::uint32_t points = 0;
};

// Stands before the game's listener as long as an EventCollector lives, and sees what ends between
// two steps.
class BetweenSteps final : public b2ContactListener {
 public:
  BetweenSteps(b2World& world, StepLogs& logs) noexcept : world_(&world), logs_(&logs) {}
  void BeginContact(b2Contact* contact) override;
  void EndContact(b2Contact* contact) override;
  void PreSolve(b2Contact* contact, const b2Manifold* old_manifold) override;
  void PostSolve(b2Contact* contact, const b2ContactImpulse* impulse) override;

  b2ContactListener* next = nullptr;

 private:
  const b2World* world_;
  StepLogs* logs_;
};

}  // namespace detail

/// Effect: steps the world and gathers what happens. The world's contact listener is called as
/// ever, and is in its place again afterwards; one that its calls put in place stays there, and what
/// that one sees of the step is missing: complete() says no. Failure: the step is always done; what memory is
/// denied for is counted in StepEvents::dropped and reported by `alloc`. What ends between two
/// steps is not seen; see EventCollector. Thread contract: the world's thread, with a frame open.
StepEvents step_with_events(b2World& world, SmartAlloc& alloc, const StepSettings& settings = {},
                            CallSite site = CallSite::current());

/// Result: the contacts of the world's list that touch and have no sensor, in its order. Failure:
/// none of them if the frame denies the memory; `dropped` then says how many there are, else 0. May
/// be called inside the callbacks of a contact listener.
std::span<const Contact> touching_contacts(const b2World& world, SmartAlloc& alloc,
                                           std::size_t* dropped = nullptr,
                                           CallSite site = CallSite::current());

/// Which fixtures a query sees: those whose category is in `mask` and whose mask has a bit of
/// `category`, as Box2D decides it for contacts. Groups are not looked at.
struct QueryFilter {
  std::uint16_t category = 0xFFFF;
  std::uint16_t mask = 0xFFFF;
  bool sensors = false;            ///< sensors are seen too
  const b2Body* ignore = nullptr;  ///< a body whose fixtures are not seen
};

/// Where a ray met a child of a fixture.
struct RayHit {
  b2Fixture* fixture;
  std::int32_t child;
  b2Vec2 point;
  b2Vec2 normal;
  float fraction;  ///< of the way from start to end
};

/// Where a moving shape met a child of a fixture.
struct ShapeHit {
  b2Fixture* fixture;
  std::int32_t child;
  b2Vec2 point;
  b2Vec2 normal;   ///< from the moving shape's side out of the fixture
  float fraction;  ///< of the translation
};

// Queries. Requirement: finite numbers; else, and for a ray of no length, nothing is found. Failure:
// nothing is returned if the frame denies the memory, which the allocator reports. Thread contract:
// the world's thread, with a frame open.

/// Result: every child of a fixture that the ray meets, nearest first. As in Box2D, a ray does not
/// meet a shape that it starts in.
std::span<const RayHit> cast_ray(const b2World& world, SmartAlloc& alloc, b2Vec2 from, b2Vec2 to,
                                 const QueryFilter& filter = {},
                                 CallSite site = CallSite::current());

/// Result: the nearest of them. Needs no memory and no frame.
std::optional<RayHit> cast_ray_closest(const b2World& world, b2Vec2 from, b2Vec2 to,
                                       const QueryFilter& filter = {});

/// Result: every child of a fixture that `shape` meets on its way, nearest first. As in b2ShapeCast(),
/// a fixture that it overlaps at the start is not met: overlap_shape() finds those.
std::span<const ShapeHit> cast_shape(const b2World& world, SmartAlloc& alloc, const b2Shape& shape,
                                     const b2Transform& from, b2Vec2 translation,
                                     const QueryFilter& filter = {},
                                     CallSite site = CallSite::current());

/// Result: every fixture that overlaps the shape itself, not only its box. Each once.
std::span<b2Fixture* const> overlap_shape(const b2World& world, SmartAlloc& alloc,
                                          const b2Shape& shape, const b2Transform& transform,
                                          const QueryFilter& filter = {},
                                          CallSite site = CallSite::current());

/// Result: every fixture with a child whose exact box, not the enlarged one of the broad phase,
/// overlaps `box`. Each once.
std::span<b2Fixture* const> overlap_aabb(const b2World& world, SmartAlloc& alloc, const b2AABB& box,
                                         const QueryFilter& filter = {},
                                         CallSite site = CallSite::current());

/// step_with_events() that also tells what ended between two steps, because a body or a fixture was
/// destroyed or disabled: the next step() begins with it.
///
/// It stands before the world's contact listener, which is called as before. Change that one with
/// set_listener(); b2World::SetContactListener() would displace the collector. Requirement: the
/// world lives until the collector ends, or until detach(); collectors of one world end in reverse
/// order. Thread contract: the world's thread.
class EventCollector {
 public:
  EventCollector(b2World& world, const SmartAlloc& alloc);
  /// Effect: as detach().
  ~EventCollector();
  EventCollector(const EventCollector&) = delete;
  EventCollector& operator=(const EventCollector&) = delete;

  /// Effect: `listener` is called from now on, also within a step that calls the one before, and
  /// put in place when the collector ends. Null is none.
  void set_listener(b2ContactListener* listener) noexcept;
  [[nodiscard]] b2ContactListener* listener() const noexcept { return between_.next; }
  /// Effect: as step_with_events(). What the world does in steps of its own in between is not told.
  StepEvents step(SmartAlloc& alloc, const StepSettings& settings = {},
                  CallSite site = CallSite::current());
  /// Effect: what has ended since the last step will not be told.
  void forget_pending() noexcept { logs_.clear(); }
  /// Effect: puts the world's listener back, if no other has been put in place since, and leaves the
  /// world alone from now on; for a world that is destroyed before the collector. step() then does
  /// nothing.
  void detach() noexcept;

 private:
  b2World* world_;
  detail::StepLogs logs_;
  detail::BetweenSteps between_;
  detail::ContactCounts expected_;
};

/// A world in the heap of an allocator, with an EventCollector on it. Bodies that the game makes in
/// world() itself are as good as those of insert_body().
class PhysicsWorld2D {
 public:
  /// Failure: no world if the heap denies its memory (about 100 KiB), which is reported. Every
  /// member but world() then does nothing.
  explicit PhysicsWorld2D(const SmartAlloc& alloc, b2Vec2 gravity = {0, -9.81F});
  ~PhysicsWorld2D();
  PhysicsWorld2D(const PhysicsWorld2D&) = delete;
  PhysicsWorld2D& operator=(const PhysicsWorld2D&) = delete;
  [[nodiscard]] explicit operator bool() const noexcept { return home_ != nullptr; }

  /// Requirement: there is a world.
  [[nodiscard]] b2World& world() noexcept { return home_->world; }
  [[nodiscard]] const b2World& world() const noexcept { return home_->world; }
  void set_gravity(b2Vec2 gravity);

  struct Inserted {
    b2Body* body = nullptr;
    b2Fixture* fixture = nullptr;
  };
  /// Effect: a body with one fixture. Failure: null pointers inside callbacks of the world, and,
  /// reported as FA011, for a fixture without a shape.
  Inserted insert_body(const b2BodyDef& body, const b2FixtureDef& fixture,
                       CallSite site = CallSite::current());
  /// Effect: destroys the body. Its contacts end, which the next step_with_events() tells. Null is
  /// nothing. Requirement: not inside callbacks of the world.
  void remove_body(b2Body* body);

  /// Effect: steps without gathering. What ended before it is not told any more.
  void step(const StepSettings& settings = {});
  StepEvents step_with_events(SmartAlloc& alloc, const StepSettings& settings = {},
                              CallSite site = CallSite::current());
  /// Effect: as EventCollector::set_listener().
  void set_listener(b2ContactListener* listener);

  std::span<const RayHit> cast_ray(SmartAlloc& alloc, b2Vec2 from, b2Vec2 to,
                                   const QueryFilter& filter = {},
                                   CallSite site = CallSite::current()) const;
  std::optional<RayHit> cast_ray_closest(b2Vec2 from, b2Vec2 to,
                                         const QueryFilter& filter = {}) const;
  std::span<const ShapeHit> cast_shape(SmartAlloc& alloc, const b2Shape& shape,
                                       const b2Transform& from, b2Vec2 translation,
                                       const QueryFilter& filter = {},
                                       CallSite site = CallSite::current()) const;
  std::span<b2Fixture* const> overlap_shape(SmartAlloc& alloc, const b2Shape& shape,
                                            const b2Transform& transform,
                                            const QueryFilter& filter = {},
                                            CallSite site = CallSite::current()) const;
  std::span<b2Fixture* const> overlap_aabb(SmartAlloc& alloc, const b2AABB& box,
                                           const QueryFilter& filter = {},
                                           CallSite site = CallSite::current()) const;

 private:
  struct Home {
    Home(const SmartAlloc& alloc, b2Vec2 gravity) : world(gravity), collector(world, alloc) {}
    b2World world;
    EventCollector collector;
  };
  SmartAlloc alloc_;
  Home* home_ = nullptr;
};

}  // namespace framealloc::box2d
