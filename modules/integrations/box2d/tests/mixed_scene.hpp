// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <box2d/b2_body.h>
#include <box2d/b2_chain_shape.h>
#include <box2d/b2_circle_shape.h>
#include <box2d/b2_edge_shape.h>
#include <box2d/b2_fixture.h>
#include <box2d/b2_polygon_shape.h>
#include <box2d/b2_world.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace box2d_test {

/// Bodies of mixed shapes over a floor, some of them bullets that are shot down from above now and
/// then, and a sensor in the middle. Two scenes of the same seed are twins: the same calls in the
/// same order. Each fixture's user data is its number, from 1.
class MixedScene {
 public:
  explicit MixedScene(std::size_t bodies = 400, std::uint32_t seed = 20250)
      : world(b2Vec2(0.0F, -10.0F)) {
    build(world, bodies, seed);
  }

  void build(b2World& in, std::size_t bodies, std::uint32_t seed) {
    std::mt19937 random(seed);
    const auto uniform = [&random](float low, float high) {
      return low + (high - low) * static_cast<float>(random() & 0xFFFFU) / 65535.0F;
    };
    add_floor(in);
    for (std::size_t i = 0; i < bodies; ++i) {
      b2BodyDef definition;
      definition.type = b2_dynamicBody;
      definition.position.Set(-9.0F + 1.2F * static_cast<float>(i % 16),
                              1.0F + 1.2F * static_cast<float>(i / 16));
      definition.angle = uniform(0.0F, 3.0F);
      definition.bullet = i % 16 == 0;
      definition.linearVelocity.Set(uniform(-3.0F, 3.0F), uniform(-8.0F, 0.0F));
      b2Body* const body = in.CreateBody(&definition);
      b2FixtureDef fixture;
      fixture.density = 1.0F;
      fixture.restitution = i % 5 == 0 ? 0.5F : 0.0F;
      b2CircleShape circle;
      b2PolygonShape polygon;
      if (i % 3 == 0) {
        circle.m_radius = uniform(0.25F, 0.55F);
        fixture.shape = &circle;
      } else if (i % 3 == 1) {
        polygon.SetAsBox(uniform(0.3F, 0.55F), uniform(0.3F, 0.55F));
        fixture.shape = &polygon;
      } else {
        const b2Vec2 corners[3] = {{-0.5F, -0.4F}, {0.5F, -0.4F}, {0.0F, uniform(0.3F, 0.6F)}};
        polygon.Set(corners, 3);
        fixture.shape = &polygon;
      }
      add(*body, fixture);
      dynamic_bodies.push_back(body);
    }
  }

  /// What the game does before step `index`: shoots the bullets again.
  void before_step(std::size_t index) {
    if (index % 60 != 30) return;
    for (std::size_t i = 0; i < dynamic_bodies.size(); i += 16) {
      b2Body* const body = dynamic_bodies[i];
      body->SetTransform(b2Vec2(-9.0F + 0.045F * static_cast<float>(i), 30.0F), 0.0F);
      body->SetLinearVelocity(b2Vec2(2.0F, -120.0F));
      body->SetAwake(true);
    }
  }

  static constexpr float kTimeStep = 1.0F / 60.0F;

  b2World world;
  std::vector<b2Body*> dynamic_bodies;
  b2Fixture* sensor = nullptr;

 private:
  void add_floor(b2World& in) {
    b2BodyDef definition;
    b2Body* const ground = in.CreateBody(&definition);
    b2FixtureDef fixture;
    b2ChainShape floor;
    const b2Vec2 corners[5] = {
        {-11.0F, 40.0F}, {-11.0F, 0.0F}, {0.0F, -0.5F}, {11.0F, 0.0F}, {11.0F, 40.0F}};
    floor.CreateChain(corners, 5, {-11.0F, 50.0F}, {11.0F, 50.0F});
    fixture.shape = &floor;
    add(*ground, fixture);
    b2PolygonShape zone;
    zone.SetAsBox(4.0F, 3.0F, {0.0F, 5.0F}, 0.3F);
    b2FixtureDef trigger;
    trigger.shape = &zone;
    trigger.isSensor = true;
    sensor = add(*ground, trigger);
  }
  b2Fixture* add(b2Body& body, b2FixtureDef& fixture) {
    fixture.userData.pointer = ++fixtures_;
    return body.CreateFixture(&fixture);
  }
  std::uintptr_t fixtures_ = 0;
};

}  // namespace box2d_test
