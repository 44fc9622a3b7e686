// SPDX-License-Identifier: MIT OR Apache-2.0
// Circles without gravity, made with what the stub and Box2D itself have.
#pragma once

#include <framealloc/box2d_v3/physics.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace box2d_v3_test {

inline void* user(std::uintptr_t number) { return reinterpret_cast<void*>(number); }
inline std::uintptr_t number(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

class Scene {
 public:
  struct Object {
    b2BodyId body;
    b2ShapeId shape;
  };
  Scene() {
    b2WorldDef def = b2DefaultWorldDef();
    def.gravity = {0, 0};
    world = b2CreateWorld(&def);
  }
  ~Scene() { b2DestroyWorld(world); }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  Object add(float x, float y, float radius, std::uintptr_t of_user, bool moves = true,
             bool sensor = false) {
    b2BodyDef body = b2DefaultBodyDef();
    body.type = moves ? b2_dynamicBody : b2_staticBody;
    body.position = {x, y};
    body.userData = user(of_user);
    b2ShapeDef shape = b2DefaultShapeDef();
    shape.userData = user(of_user);
    shape.isSensor = sensor;
    shape.enableSensorEvents = shape.enableContactEvents = shape.enableHitEvents = true;
    const b2Circle circle{{0, 0}, radius};
    Object object{b2CreateBody(world, &body), {}};
    object.shape = b2CreateCircleShape(object.body, &shape, &circle);
    return object;
  }

  b2WorldId world;
};

// Balls that swing back and forth over three fixed ones and a sensor.
class SwingingScene : public Scene {
 public:
  explicit SwingingScene(int count = 60) {
    for (int i = 0; i < 3; ++i) add(-6.0F + 6.0F * static_cast<float>(i), 0, 1, next(), false);
    add(0, 3, 2, next(), false, true);
    for (int i = 0; i < count; ++i) {
      balls.push_back(add(-9.0F + 2.0F * static_cast<float>(i % 10),
                          -5.0F + 2.0F * static_cast<float>(i / 10), 0.6F, next()));
    }
  }
  void before_step(std::size_t index) {
    if (index % 40 != 0) return;
    for (std::size_t i = 0; i < balls.size(); ++i) {
      const float way = (index / 40 + i) % 2 == 0 ? 1.0F : -1.0F;
      b2Body_SetLinearVelocity(balls[i].body, {way * (3.0F + static_cast<float>(i % 5)),
                                               way * static_cast<float>(i % 7)});
    }
  }
  std::vector<Object> balls;

 private:
  std::uintptr_t next() { return ++made_; }
  std::uintptr_t made_ = 0;
};

}  // namespace box2d_v3_test
