// SPDX-License-Identifier: MIT OR Apache-2.0
// Trigger zones on Box2D: sensors report which bodies are inside, even when one is destroyed there.
// The events of a step are frame memory; the next step reports what a destroyed body ended.
#include <framealloc/box2d/memory.hpp>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "physics/holdings.hpp"

namespace fa = framealloc;
namespace fb = framealloc::box2d;

namespace {

constexpr int kTicks = 600;
constexpr std::size_t kBalls = 40;

// A zone's user data is its address, a ball's is its number.
struct Zone {
  const char* name;
  b2Vec2 at, half;
  int inside = 0, entered = 0, left = 0, vanished = 0;
};

struct Game {
  explicit Game(const fa::SmartAlloc& alloc) : physics(alloc) {
    for (Zone& zone : zones) add_box(zone.at, zone.half, reinterpret_cast<std::uintptr_t>(&zone));
    add_box({0, -10}, {30, 0.5F}, 0);
  }
  void add_box(b2Vec2 at, b2Vec2 half, std::uintptr_t user) {
    b2BodyDef body;
    body.position = at;
    b2PolygonShape box;
    box.SetAsBox(half.x, half.y);
    b2FixtureDef fixture;
    fixture.shape = &box;
    fixture.isSensor = user != 0;
    fixture.userData.pointer = user;
    (void)physics.insert_body(body, fixture);
  }
  void drop_ball(std::size_t number) {
    b2BodyDef body;
    body.type = b2_dynamicBody;
    body.position.Set(-9 + static_cast<float>(number % 10) * 2, 12);
    b2CircleShape circle;
    circle.m_radius = 0.4F;
    b2FixtureDef fixture;
    fixture.shape = &circle;
    fixture.density = 1;
    fixture.userData.pointer = number + 1;
    balls[number] = physics.insert_body(body, fixture).body;
  }
  static Zone& zone_of(std::uintptr_t user) { return *reinterpret_cast<Zone*>(user); }

  void take(const fb::StepEvents& events) {
    for (const fb::SensorEvent& event : events.sensor_begins) {
      Zone& zone = zone_of(event.sensor_user);
      ++zone.entered;
      ++zone.inside;
      // The lava destroys every fourth ball immediately, in the middle of the loop over the events:
      // they are copies.
      if (&zone != &zones[1] || event.visitor_user % 4 != 0) continue;
      physics.remove_body(balls[event.visitor_user - 1]);
      balls[event.visitor_user - 1] = nullptr;
    }
    for (const fb::SensorEvent& event : events.sensor_ends) {
      Zone& zone = zone_of(event.sensor_user);
      ++zone.left;
      --zone.inside;
      if (!event.between_steps) continue;
      ++zone.vanished;  // the visitor is gone; its number is still reported
      unknown += balls[event.visitor_user - 1] != nullptr ? 1 : 0;
    }
    missing += events.dropped;
  }

  fb::PhysicsWorld2D physics;
  std::array<Zone, 3> zones{
      {{"gate", {0, 6}, {12, 0.5F}}, {"lava", {0, 0}, {12, 1}}, {"floor", {0, -9}, {12, 0.8F}}}};
  std::array<b2Body*, kBalls> balls{};
  int unknown = 0;
  std::size_t missing = 0;
};

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  fa::c_hooks::Memory memory(alloc, "engine::box2d");
  fb::install_memory(memory);
  bool right = false;
  {
    const auto tag = alloc.tag_scope("game::physics");
    Game game(alloc);
    for (int tick = 0; tick < kTicks; ++tick) {
      if (tick % 10 == 0 && static_cast<std::size_t>(tick / 10) < kBalls) {
        game.drop_ball(static_cast<std::size_t>(tick / 10));
      }
      const fa::ScopedFrame frame = alloc.scoped_frame();
      game.take(game.physics.step_with_events(alloc));
      if (tick == kTicks - 1) right = physics_example::print_holdings(alloc);
    }
    for (const Zone& zone : game.zones) {
      std::printf("%s: %d entered, %d left, %d of them vanished, %d inside\n", zone.name,
                  zone.entered, zone.left, zone.vanished, zone.inside);
      right = right && zone.inside >= 0 && zone.entered - zone.left == zone.inside;
    }
    right = right && game.unknown == 0 && game.missing == 0 && game.zones[1].vanished == 10;
  }
  fb::uninstall_memory();
  return physics_example::finish(alloc, right);
}
