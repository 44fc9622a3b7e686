// SPDX-License-Identifier: MIT OR Apache-2.0
// A world of circles that pass through each other: who touches whom is told as Box2D tells it, with
// ends in two buffers, so that what ends between two steps is told by the next one.
#pragma once

#include <box2d/types.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <vector>

namespace stub {

template <class T>
using Array = std::vector<T, Allocator<T>>;

struct Body {
  b2BodyDef def;
  bool alive;
};
struct Shape {
  b2ShapeDef def;
  float radius;
  std::size_t body;
  std::uint16_t generation;
  bool alive;
};
struct Touch {
  std::size_t a, b;  // shapes; of a sensor, it and the visitor
  bool sensor;
  std::uint32_t number;
  b2Manifold manifold;
};
struct World {
  b2WorldDef def;
  Array<Body> bodies;
  Array<Shape> shapes;
  Array<Touch> touches;
  std::uint32_t made = 0;
  int filling = 0;  // which buffer of ends
  Array<b2ContactBeginTouchEvent> begins;
  Array<b2ContactEndTouchEvent> ends[2];
  Array<b2ContactHitEvent> hits;
  Array<b2SensorBeginTouchEvent> sensor_begins;
  Array<b2SensorEndTouchEvent> sensor_ends[2];
  Array<b2BodyMoveEvent> moves;

  [[nodiscard]] b2ShapeId id(std::size_t shape) const {
    return {static_cast<std::int32_t>(shape + 1), 0, shapes[shape].generation};
  }
#if !defined(STUB_BOX2D_3_1)
  [[nodiscard]] static b2ContactId id(const Touch& touch) {
    return {static_cast<std::int32_t>(touch.number), touch.number};
  }
#endif
  void end(const Touch& touch) {
    if (touch.sensor) {
      sensor_ends[filling].push_back({id(touch.a), id(touch.b)});
    } else if (shapes[touch.a].def.enableContactEvents || shapes[touch.b].def.enableContactEvents) {
#if defined(STUB_BOX2D_3_1)
      ends[filling].push_back({id(touch.a), id(touch.b)});
#else
      ends[filling].push_back({id(touch.a), id(touch.b), id(touch)});
#endif
    }
  }
  void begin(const Touch& touch, float speed) {
    const Shape& a = shapes[touch.a];
    const Shape& b = shapes[touch.b];
    if (touch.sensor) {
      sensor_begins.push_back({id(touch.a), id(touch.b)});
      return;
    }
#if defined(STUB_BOX2D_3_1)
    const auto& about = touch.manifold;
#else
    const auto about = id(touch);
#endif
    if (a.def.enableContactEvents || b.def.enableContactEvents) {
      begins.push_back({id(touch.a), id(touch.b), about});
    }
    if ((!a.def.enableHitEvents && !b.def.enableHitEvents) || speed <= def.hitEventThreshold)
      return;
    const b2Vec2 at = bodies[b.body].def.position;
#if defined(STUB_BOX2D_3_1)
    hits.push_back({id(touch.a), id(touch.b), at, touch.manifold.normal, speed});
#else
    hits.push_back({id(touch.a), id(touch.b), about, {at.x, at.y}, touch.manifold.normal, speed});
#endif
  }
  // Effect: what no longer touches ends; what touches newly begins.
  void collide() {
    Array<Touch> now;
    for (std::size_t a = 0; a < shapes.size(); ++a) {
      for (std::size_t b = a + 1; b < shapes.size(); ++b) meet(a, b, now);
    }
    for (const Touch& touch : touches) {
      if (touch.number != 0) end(touch);
    }
    touches = now;
  }
  void meet(std::size_t a, std::size_t b, Array<Touch>& now) {
    if (shapes[b].def.isSensor) std::swap(a, b);
    const Body& of_a = bodies[shapes[a].body];
    const Body& of_b = bodies[shapes[b].body];
    const bool sensor = shapes[a].def.isSensor;
    if (!shapes[a].alive || !shapes[b].alive || shapes[b].def.isSensor) return;
    if (of_a.def.type == b2_staticBody && of_b.def.type == b2_staticBody) return;
    if (sensor && (!shapes[a].def.enableSensorEvents || !shapes[b].def.enableSensorEvents)) return;
    const b2Vec2 way{of_b.def.position.x - of_a.def.position.x,
                     of_b.def.position.y - of_a.def.position.y};
    const float distance = std::hypot(way.x, way.y);
    if (distance >= shapes[a].radius + shapes[b].radius) return;
    for (Touch& touch : touches) {
      if (touch.a != a || touch.b != b || touch.number == 0) continue;
      now.push_back(touch);
      touch.number = 0;  // goes on
      return;
    }
    Touch touch{a, b, sensor, ++made, {}};
    touch.manifold.normal = {way.x / distance, way.y / distance};
    touch.manifold.pointCount = 1;
    touch.manifold.points[0].separation = distance - shapes[a].radius - shapes[b].radius;
    now.push_back(touch);
    const b2Vec2 speed{of_a.def.linearVelocity.x - of_b.def.linearVelocity.x,
                       of_a.def.linearVelocity.y - of_b.def.linearVelocity.y};
    begin(touch, speed.x * touch.manifold.normal.x + speed.y * touch.manifold.normal.y);
  }
  // Effect: ends what touches a shape, between two steps.
  void leave(std::size_t shape) {
    for (Touch& touch : touches) {
      if (touch.a == shape || touch.b == shape) end(touch);
    }
    std::erase_if(touches, [&](const Touch& t) { return t.a == shape || t.b == shape; });
  }
};

inline World* worlds[8] = {};
inline World& world_at(std::size_t index) { return *worlds[index]; }
inline std::size_t index_of(std::int32_t index1) { return static_cast<std::size_t>(index1 - 1); }

}  // namespace stub

inline b2WorldId b2CreateWorld(const b2WorldDef* def) {
  std::size_t free = 0;
  while (stub::worlds[free] != nullptr) ++free;
  stub::worlds[free] = ::new (stub::Allocator<stub::World>().allocate(1)) stub::World;
  stub::worlds[free]->def = *def;
  return {static_cast<std::uint16_t>(free + 1), 0};
}
inline void b2DestroyWorld(b2WorldId id) {
  stub::World*& world = stub::worlds[id.index1 - 1];
  world->~World();
  stub::Allocator<stub::World>().deallocate(world, 1);
  world = nullptr;
}
inline b2BodyId b2CreateBody(b2WorldId id, const b2BodyDef* def) {
  stub::World& world = stub::world_at(id.index1 - 1U);
  world.bodies.push_back({*def, true});
  return {static_cast<std::int32_t>(world.bodies.size()), static_cast<std::uint16_t>(id.index1 - 1),
          0};
}
inline b2ShapeId b2CreateCircleShape(b2BodyId id, const b2ShapeDef* def, const b2Circle* circle) {
  stub::World& world = stub::world_at(id.world0);
  auto at = std::find_if(world.shapes.begin(), world.shapes.end(),
                         [](const stub::Shape& shape) { return !shape.alive; });
  const std::uint16_t generation =
      at == world.shapes.end() ? std::uint16_t{1} : static_cast<std::uint16_t>(at->generation + 1);
  if (at == world.shapes.end()) at = world.shapes.insert(at, stub::Shape{});
  *at = {*def, circle->radius, stub::index_of(id.index1), generation, true};
  return {static_cast<std::int32_t>(at - world.shapes.begin() + 1), id.world0, generation};
}
inline void b2DestroyBody(b2BodyId id) {
  stub::World& world = stub::world_at(id.world0);
  world.bodies[stub::index_of(id.index1)].alive = false;
  for (std::size_t i = 0; i < world.shapes.size(); ++i) {
    if (world.shapes[i].body != stub::index_of(id.index1) || !world.shapes[i].alive) continue;
    world.leave(i);
    world.shapes[i].alive = false;
  }
}
inline bool b2Shape_IsValid(b2ShapeId id) {
  const stub::World* const world = id.index1 > 0 ? stub::worlds[id.world0] : nullptr;
  if (world == nullptr || stub::index_of(id.index1) >= world->shapes.size()) return false;
  const stub::Shape& shape = world->shapes[stub::index_of(id.index1)];
  return shape.alive && shape.generation == id.generation;
}
inline void* b2Shape_GetUserData(b2ShapeId id) {
  return stub::world_at(id.world0).shapes[stub::index_of(id.index1)].def.userData;
}
inline void b2Body_SetTransform(b2BodyId id, b2Pos position, b2Rot) {
#if defined(STUB_BOX2D_3_1)
  const b2Vec2 to = position;
#else
  const b2Vec2 to{static_cast<float>(position.x), static_cast<float>(position.y)};
#endif
  stub::world_at(id.world0).bodies[stub::index_of(id.index1)].def.position = to;
}
inline void b2Body_SetLinearVelocity(b2BodyId id, b2Vec2 velocity) {
  stub::world_at(id.world0).bodies[stub::index_of(id.index1)].def.linearVelocity = velocity;
}
inline void b2World_Step(b2WorldId id, float time_step, int) {
  stub::World& world = stub::world_at(id.index1 - 1U);
  world.begins.clear();
  world.hits.clear();
  world.sensor_begins.clear();
  world.moves.clear();
  world.collide();
  for (std::size_t i = 0; i < world.bodies.size(); ++i) {
    stub::Body& body = world.bodies[i];
    if (!body.alive || body.def.type == b2_staticBody) continue;
    body.def.position.x += body.def.linearVelocity.x * time_step;
    body.def.position.y += body.def.linearVelocity.y * time_step;
    world.moves.push_back({body.def.userData,
                           {body.def.position, b2Rot_identity},
                           {static_cast<std::int32_t>(i + 1), 0, 0},
                           false});
  }
  world.filling = 1 - world.filling;
  world.ends[world.filling].clear();
  world.sensor_ends[world.filling].clear();
}
inline b2ContactEvents b2World_GetContactEvents(b2WorldId id) {
  stub::World& world = stub::world_at(id.index1 - 1U);
  auto& ends = world.ends[1 - world.filling];
  return {world.begins.data(),
          ends.data(),
          world.hits.data(),
          static_cast<int>(world.begins.size()),
          static_cast<int>(ends.size()),
          static_cast<int>(world.hits.size())};
}
inline b2SensorEvents b2World_GetSensorEvents(b2WorldId id) {
  stub::World& world = stub::world_at(id.index1 - 1U);
  auto& ends = world.sensor_ends[1 - world.filling];
  return {world.sensor_begins.data(), ends.data(), static_cast<int>(world.sensor_begins.size()),
          static_cast<int>(ends.size())};
}
inline b2BodyEvents b2World_GetBodyEvents(b2WorldId id) {
  stub::World& world = stub::world_at(id.index1 - 1U);
  return {world.moves.data(), static_cast<int>(world.moves.size())};
}
inline void b2World_OverlapAABB(b2WorldId id,
#if !defined(STUB_BOX2D_3_1)
                                b2Pos,
#endif
                                b2AABB, b2QueryFilter, b2OverlapResultFcn* found, void* context) {
  stub::World& world = stub::world_at(id.index1 - 1U);
  for (std::size_t i = 0; i < world.shapes.size(); ++i) {
    if (world.shapes[i].alive && !found(world.id(i), context)) return;
  }
}
inline int b2Shape_GetContactCapacity(b2ShapeId id) {
  const stub::World& world = stub::world_at(id.world0);
  const std::size_t shape = stub::index_of(id.index1);
  return static_cast<int>(std::count_if(
      world.touches.begin(), world.touches.end(),
      [&](const stub::Touch& t) { return !t.sensor && (t.a == shape || t.b == shape); }));
}
inline int b2Shape_GetContactData(b2ShapeId id, b2ContactData* to, int capacity) {
  const stub::World& world = stub::world_at(id.world0);
  const std::size_t shape = stub::index_of(id.index1);
  int count = 0;
  for (const stub::Touch& touch : world.touches) {
    if (touch.sensor || (touch.a != shape && touch.b != shape) || count == capacity) continue;
#if defined(STUB_BOX2D_3_1)
    to[count++] = {world.id(touch.a), world.id(touch.b), touch.manifold};
#else
    to[count++] = {stub::World::id(touch), world.id(touch.a), world.id(touch.b), touch.manifold};
#endif
  }
  return count;
}
#if !defined(STUB_BOX2D_3_1)
inline bool b2Contact_IsValid(b2ContactId id) { return id.index1 != 0; }
inline b2ContactData b2Contact_GetData(b2ContactId id) {
  for (const stub::World* world : stub::worlds) {
    if (world == nullptr) continue;
    for (const stub::Touch& touch : world->touches) {
      if (touch.number == id.generation) {
        return {id, world->id(touch.a), world->id(touch.b), touch.manifold};
      }
    }
  }
  return {};
}
#endif
