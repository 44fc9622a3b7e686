// SPDX-License-Identifier: MIT OR Apache-2.0
#include "scene.hpp"

#include <box2d/b2_circle_shape.h>
#include <box2d/b2_edge_shape.h>
#include <box2d/b2_fixture.h>
#include <box2d/b2_polygon_shape.h>

#include <cmath>

namespace fa_demo {
namespace {

constexpr std::array<SceneInfo, 3> kScenes{{
    {SceneKind::Pyramid, "pyramid", "ten pyramids of 210 boxes, bombarded: deep, resting contacts"},
    {SceneKind::Rain, "rain", "2,400 boxes and discs that fall through pegs and start again above"},
    {SceneKind::Swarm, "swarm", "2,200 discs without gravity that follow leaders on found paths"},
}};

constexpr unsigned kPyramids = 10;
constexpr unsigned kPyramidRows = 20;
constexpr unsigned kBombs = 24;
constexpr unsigned kDrops = 2400;
constexpr unsigned kSwarm = 2200;

}  // namespace

std::span<const SceneInfo> all_scenes() noexcept { return kScenes; }

std::optional<SceneKind> find_scene(std::string_view name) noexcept {
  for (const SceneInfo& scene : kScenes) {
    if (scene.name == name) return scene.kind;
  }
  return std::nullopt;
}

std::string_view scene_name(SceneKind kind) noexcept {
  for (const SceneInfo& scene : kScenes) {
    if (scene.kind == kind) return scene.name;
  }
  return "unknown";
}

Camera camera_at(std::uint64_t frame) noexcept {
  // A triangle wave, not a sine: the same on every C library.
  const auto step = static_cast<float>(frame % 480U);
  const float wave = step < 240.0F ? step / 120.0F - 1.0F : 3.0F - step / 120.0F;
  Camera camera;
  camera.x = wave * (kHalfWidth - camera.half_width);
  camera.y = camera.half_height - 2.0F;
  return camera;
}

Scene::Scene(SceneKind kind, std::uint64_t seed, b2World& world)
    : world_(world), kind_(kind), rng_(seed, 11) {
  // Sleeping bodies would make the later frames cheaper than the earlier ones.
  world_.SetAllowSleeping(false);
  build_basin();
  switch (kind_) {
    case SceneKind::Pyramid:
      build_pyramids();
      break;
    case SceneKind::Rain:
      build_rain();
      break;
    case SceneKind::Swarm:
      build_swarm();
      break;
  }
}

void Scene::build_basin() {
  b2BodyDef definition;
  definition.userData.pointer = kGround;
  ground_ = world_.CreateBody(&definition);
  const auto edge = [this](float x1, float y1, float x2, float y2) {
    b2EdgeShape shape;
    shape.SetTwoSided(b2Vec2(x1, y1), b2Vec2(x2, y2));
    ground_->CreateFixture(&shape, 0.0F);
  };
  edge(-kHalfWidth, 0.0F, -kHalfWidth, kHeight * 3.0F);
  edge(kHalfWidth, 0.0F, kHalfWidth, kHeight * 3.0F);
  if (kind_ != SceneKind::Rain) edge(-kHalfWidth, 0.0F, kHalfWidth, 0.0F);
  if (kind_ == SceneKind::Swarm) edge(-kHalfWidth, kHeight, kHalfWidth, kHeight);
}

b2Body* Scene::add_body(float x, float y) {
  b2BodyDef definition;
  definition.type = b2_dynamicBody;
  definition.position.Set(x, y);
  definition.userData.pointer = bodies_.size();
  b2Body* body = world_.CreateBody(&definition);
  bodies_.push_back(body);
  return body;
}

b2Body* Scene::add_box(float x, float y, float half_width, float half_height, float density) {
  b2Body* body = add_body(x, y);
  b2PolygonShape shape;
  shape.SetAsBox(half_width, half_height);
  body->CreateFixture(&shape, density);
  return body;
}

b2Body* Scene::add_disc(float x, float y, float radius, float density) {
  b2Body* body = add_body(x, y);
  b2CircleShape shape;
  shape.m_radius = radius;
  body->CreateFixture(&shape, density);
  return body;
}

void Scene::build_pyramids() {
  world_.SetGravity(b2Vec2(0.0F, -10.0F));
  bodies_.reserve(kPyramids * kPyramidRows * (kPyramidRows + 1) / 2 + kBombs);
  for (unsigned p = 0; p < kPyramids; ++p) {
    const float left = -kHalfWidth + 4.0F + static_cast<float>(p) * 15.4F;
    for (unsigned row = 0; row < kPyramidRows; ++row) {
      for (unsigned i = 0; i + row < kPyramidRows; ++i) {
        const float x = left + (static_cast<float>(i) + static_cast<float>(row) * 0.5F) * 0.64F;
        add_box(x, 0.3F + static_cast<float>(row) * 0.605F, 0.3F, 0.3F, 1.0F);
      }
    }
  }
  first_bomb_ = bodies_.size();
  for (unsigned b = 0; b < kBombs; ++b) {
    add_disc(rng_.between(-70.0F, 70.0F), 40.0F + static_cast<float>(b), 0.35F, 2.0F);
  }
}

void Scene::build_rain() {
  world_.SetGravity(b2Vec2(0.0F, -10.0F));
  for (unsigned row = 0; row < 14; ++row) {
    for (unsigned i = 0; i < 27; ++i) {
      b2CircleShape peg;
      peg.m_radius = 0.6F;
      peg.m_p.Set(-78.0F + static_cast<float>(i) * 6.0F + ((row & 1U) != 0U ? 3.0F : 0.0F),
                  6.0F + static_cast<float>(row) * 5.0F);
      ground_->CreateFixture(&peg, 0.0F);
    }
  }
  bodies_.reserve(kDrops);
  for (unsigned i = 0; i < kDrops; ++i) {
    const float x = rng_.between(-kHalfWidth + 1.0F, kHalfWidth - 1.0F);
    const float y = rng_.between(1.0F, kHeight);
    if ((i & 1U) != 0U) {
      add_disc(x, y, 0.45F, 1.0F);
    } else {
      add_box(x, y, 0.4F, 0.4F, 1.0F);
    }
  }
}

void Scene::build_swarm() {
  world_.SetGravity(b2Vec2(0.0F, 0.0F));
  bodies_.reserve(kSwarm);
  for (unsigned i = 0; i < kSwarm; ++i) {
    b2Body* body = add_disc(rng_.between(-kHalfWidth + 2.0F, kHalfWidth - 2.0F),
                            rng_.between(2.0F, kHeight - 2.0F), 0.4F, 1.0F);
    body->SetLinearDamping(1.5F);
  }
}

void Scene::before_step(std::uint64_t frame, std::span<const float> targets) {
  switch (kind_) {
    case SceneKind::Pyramid: {
      // One bomb in turn every 10 frames: contacts begin and end all the time, and the pyramids
      // stand for the length of a run.
      if (frame % 10U != 0U || first_bomb_ == bodies_.size()) return;
      const std::size_t bombs = bodies_.size() - first_bomb_;
      b2Body* bomb = bodies_[first_bomb_ + (frame / 10U) % bombs];
      bomb->SetTransform(b2Vec2(rng_.between(-70.0F, 70.0F), 32.0F), 0.0F);
      bomb->SetLinearVelocity(b2Vec2(rng_.between(-6.0F, 6.0F), -4.0F));
      return;
    }
    case SceneKind::Rain:
      for (b2Body* body : bodies_) {
        if (body->GetPosition().y > -2.0F) continue;
        body->SetTransform(b2Vec2(rng_.between(-78.0F, 78.0F), rng_.between(82.0F, 94.0F)), 0.0F);
        body->SetLinearVelocity(b2Vec2(rng_.between(-2.0F, 2.0F), 0.0F));
        body->SetAngularVelocity(0.0F);
      }
      return;
    case SceneKind::Swarm:
      if (targets.size() < 2) return;
      for (std::size_t i = 0; i < bodies_.size(); ++i) {
        const std::size_t leader = (i % (targets.size() / 2)) * 2;
        const b2Vec2 at = bodies_[i]->GetPosition();
        const b2Vec2 to(targets[leader] - at.x, targets[leader + 1] - at.y);
        const float length = std::sqrt(to.x * to.x + to.y * to.y) + 0.001F;
        bodies_[i]->ApplyForceToCenter(b2Vec2(to.x * (9.0F / length), to.y * (9.0F / length)),
                                       true);
      }
      return;
  }
}

}  // namespace fa_demo
