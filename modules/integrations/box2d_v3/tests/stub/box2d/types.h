// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <box2d/base.h>

struct b2WorldId {
  std::uint16_t index1;
  std::uint16_t generation;
};
struct b2BodyId {
  std::int32_t index1;
  std::uint16_t world0;
  std::uint16_t generation;
};
struct b2ShapeId {
  std::int32_t index1;
  std::uint16_t world0;
  std::uint16_t generation;
};
inline std::uint64_t b2StoreShapeId(b2ShapeId id) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(id.index1)) << 32U) |
         (std::uint64_t{id.world0} << 16U) | id.generation;
}

struct b2Vec2 {
  float x, y;
};
struct b2Rot {
  float c, s;
};
inline constexpr b2Rot b2Rot_identity{1, 0};
struct b2Transform {
  b2Vec2 p;
  b2Rot q;
};
struct b2AABB {
  b2Vec2 lowerBound, upperBound;
};
struct b2Circle {
  b2Vec2 center;
  float radius;
};
struct b2ManifoldPoint {
  b2Vec2 anchorA, anchorB;
  float separation;
};
struct b2Manifold {
  b2Vec2 normal;
  b2ManifoldPoint points[2];
  int pointCount;
};
struct b2QueryFilter {
  std::uint64_t categoryBits, maskBits;
};
inline b2QueryFilter b2DefaultQueryFilter() { return {1, ~std::uint64_t{0}}; }
using b2OverlapResultFcn = bool(b2ShapeId shape, void* context);

struct b2WorldDef {
  b2Vec2 gravity;
  float hitEventThreshold;
};
inline b2WorldDef b2DefaultWorldDef() { return {{0, -10}, 1}; }
enum b2BodyType { b2_staticBody, b2_kinematicBody, b2_dynamicBody };
struct b2BodyDef {
  b2BodyType type;
  b2Vec2 position;
  b2Vec2 linearVelocity;
  void* userData;
};
inline b2BodyDef b2DefaultBodyDef() { return {}; }
struct b2ShapeDef {
  void* userData;
  float density;
  bool isSensor, enableSensorEvents, enableContactEvents, enableHitEvents;
};
inline b2ShapeDef b2DefaultShapeDef() { return {nullptr, 1, false, false, false, false}; }

struct b2SensorBeginTouchEvent {
  b2ShapeId sensorShapeId, visitorShapeId;
};
struct b2SensorEndTouchEvent {
  b2ShapeId sensorShapeId, visitorShapeId;
};
struct b2SensorEvents {
  b2SensorBeginTouchEvent* beginEvents;
  b2SensorEndTouchEvent* endEvents;
  int beginCount, endCount;
};

#if defined(STUB_BOX2D_3_1)
using b2Pos = b2Vec2;
struct b2ContactBeginTouchEvent {
  b2ShapeId shapeIdA, shapeIdB;
  b2Manifold manifold;
};
struct b2ContactEndTouchEvent {
  b2ShapeId shapeIdA, shapeIdB;
};
struct b2ContactHitEvent {
  b2ShapeId shapeIdA, shapeIdB;
  b2Vec2 point, normal;
  float approachSpeed;
};
struct b2ContactData {
  b2ShapeId shapeIdA, shapeIdB;
  b2Manifold manifold;
};
#else
// As in a large world, where positions are of their own type.
struct b2Pos {
  double x, y;
};
struct b2ContactId {
  std::int32_t index1;
  std::uint32_t generation;
};
struct b2ContactBeginTouchEvent {
  b2ShapeId shapeIdA, shapeIdB;
  b2ContactId contactId;
};
struct b2ContactEndTouchEvent {
  b2ShapeId shapeIdA, shapeIdB;
  b2ContactId contactId;
};
struct b2ContactHitEvent {
  b2ShapeId shapeIdA, shapeIdB;
  b2ContactId contactId;
  b2Pos point;
  b2Vec2 normal;
  float approachSpeed;
};
struct b2ContactData {
  b2ContactId contactId;
  b2ShapeId shapeIdA, shapeIdB;
  b2Manifold manifold;
};
#endif
struct b2ContactEvents {
  b2ContactBeginTouchEvent* beginEvents;
  b2ContactEndTouchEvent* endEvents;
  b2ContactHitEvent* hitEvents;
  int beginCount, endCount, hitCount;
};
struct b2BodyMoveEvent {
  void* userData;
  b2Transform transform;
  b2BodyId bodyId;
  bool fellAsleep;
};
struct b2BodyEvents {
  b2BodyMoveEvent* moveEvents;
  int moveCount;
};
