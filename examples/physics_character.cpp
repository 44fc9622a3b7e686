// SPDX-License-Identifier: MIT OR Apache-2.0
// A character controller on Box2D: no body, only queries, with results in frame memory. It walks
// over steps, takes coins, jumps over a pile of crates and stops at a wall.
#include <framealloc/box2d/memory.hpp>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "physics/holdings.hpp"

namespace fa = framealloc;
namespace fb = framealloc::box2d;

namespace {

constexpr float kTick = 1.0F / 60;
enum User : std::uintptr_t { kGround, kCrate, kWall, kCoin };

void add(fb::PhysicsWorld2D& physics, b2Vec2 at, b2Vec2 half, User user) {
  b2BodyDef body;
  body.type = user == kCrate ? b2_dynamicBody : b2_staticBody;
  body.position = at;
  b2PolygonShape box;
  box.SetAsBox(half.x, half.y);
  b2FixtureDef fixture;
  fixture.shape = &box;
  fixture.density = 1;
  fixture.isSensor = user == kCoin;
  fixture.userData.pointer = user;
  (void)physics.insert_body(body, fixture);
}

void build(fb::PhysicsWorld2D& physics) {
  add(physics, {10, -0.5F}, {14, 0.5F}, kGround);
  for (int i = 1; i <= 3; ++i) {
    const float height = 0.25F * static_cast<float>(i);
    add(physics, {3 + static_cast<float>(i), height / 2}, {0.5F, height / 2}, kGround);
  }
  for (int i = 0; i < 2; ++i)
    add(physics, {11, 0.4F + 0.81F * static_cast<float>(i)}, {0.4F, 0.4F}, kCrate);
  for (int i = 0; i < 5; ++i)
    add(physics, {1.5F + 3 * static_cast<float>(i), 1.5F}, {0.2F, 0.2F}, kCoin);
  add(physics, {17, 5}, {0.5F, 6}, kWall);
}

class Character {
 public:
  Character() { shape_.SetAsBox(0.3F, 0.8F); }

  // One tick. Every query below returns memory of the open frame.
  void walk(fb::PhysicsWorld2D& physics, fa::SmartAlloc& alloc, float speed) {
    const auto tag = alloc.tag_scope("character");
    const float way = speed * kTick;
    const fb::ShapeHit* const ahead = sweep(physics, alloc, {way, 0});
    if (ahead == nullptr) {
      at_.x += way;
    } else if (grounded_ && sweep(physics, alloc, {0, kStep}) == nullptr &&
               step_up(physics, alloc, way)) {
      ++steps;
    } else if (ahead->fixture->GetUserData().pointer == kWall) {
      at_wall = true;
    } else if (grounded_) {
      rise_ = 9;
      ++jumps;
    }
    rise_ -= 20 * kTick;
    const fb::ShapeHit* const met = sweep(physics, alloc, {0, rise_ * kTick});
    grounded_ = met != nullptr && rise_ < 0;
    if (met == nullptr) at_.y += rise_ * kTick;
    if (met != nullptr) rise_ = 0;
    take_coins(physics, alloc);
    // What the character sees: everything on a line of 20 m, nearest first.
    seen += physics.cast_ray(alloc, at_ + b2Vec2(0, 0.5F), at_ + b2Vec2(20, 0.5F)).size();
  }
  [[nodiscard]] b2Vec2 position() const { return at_; }

  int steps = 0, jumps = 0, coins = 0;
  bool at_wall = false;
  std::size_t seen = 0;

 private:
  static constexpr float kStep = 0.3F;
  static constexpr float kSkin = 0.03F;  // so it never starts inside the body that it stood on

  [[nodiscard]] b2Transform place(b2Vec2 offset = {0, 0}) const {
    b2Transform transform;
    transform.Set(at_ + offset, 0);
    return transform;
  }
  // Result: the first obstacle, or null.
  [[nodiscard]] const fb::ShapeHit* sweep(const fb::PhysicsWorld2D& physics, fa::SmartAlloc& alloc,
                                          b2Vec2 way, b2Vec2 from = {0, 0}) const {
    const float length = way.Length();
    const b2Vec2 with_skin = way + (kSkin / std::max(length, 0.001F)) * way;
    const auto hits = physics.cast_shape(alloc, shape_, place(from), with_skin);
    return hits.empty() ? nullptr : hits.data();
  }
  [[nodiscard]] bool step_up(const fb::PhysicsWorld2D& physics, fa::SmartAlloc& alloc, float way) {
    if (sweep(physics, alloc, {way, 0}, {0, kStep}) != nullptr) return false;
    at_ += b2Vec2(way, kStep);
    return true;
  }
  void take_coins(fb::PhysicsWorld2D& physics, fa::SmartAlloc& alloc) {
    fb::QueryFilter with_sensors;
    with_sensors.sensors = true;
    // Copies of pointers: bodies may be destroyed while walking them.
    for (b2Fixture* const found : physics.overlap_shape(alloc, shape_, place(), with_sensors)) {
      if (found->GetUserData().pointer != kCoin) continue;
      physics.remove_body(found->GetBody());
      ++coins;
    }
  }

  b2PolygonShape shape_;
  b2Vec2 at_{0, 0.85F};
  float rise_ = 0;
  bool grounded_ = false;
};

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  fa::c_hooks::Memory memory(alloc, "engine::box2d");
  fb::install_memory(memory);
  bool right = false;
  {
    const auto tag = alloc.tag_scope("game::physics");
    fb::PhysicsWorld2D physics(alloc);
    build(physics);
    Character hero;
    for (int tick = 0; tick < 480; ++tick) {
      const fa::ScopedFrame frame = alloc.scoped_frame();
      (void)physics.step_with_events(alloc);
      hero.walk(physics, alloc, 3);
      if (tick == 479) right = physics_example::print_holdings(alloc);
    }
    std::printf("%d steps climbed, %d jumps, %d coins, %s at x = %.1f\n", hero.steps, hero.jumps,
                hero.coins, hero.at_wall ? "stopped by the wall" : "still walking",
                static_cast<double>(hero.position().x));
    right = right && hero.at_wall && hero.coins == 5 && hero.steps == 3 && hero.seen > 480;
  }
  fb::uninstall_memory();
  return physics_example::finish(alloc, right);
}
