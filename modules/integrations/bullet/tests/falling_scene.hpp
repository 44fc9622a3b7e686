// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <btBulletDynamicsCommon.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace bullet_test {

/// Bodies of mixed shapes, compounds among them, that fall on a floor and through a sensor. Two
/// scenes of one seed are twins. Each object's user pointer is its number, from 1.
class FallingScene {
 public:
  explicit FallingScene(std::size_t count = 300, unsigned seed = 11)
      : dispatcher(&configuration), world(&dispatcher, &broadphase, &solver, &configuration) {
    std::mt19937 random(seed);
    const auto uniform = [&random](float low, float high) {
      return low + (high - low) * static_cast<float>(random() & 0xFFFFU) / 65535.0F;
    };
    world.setGravity({0, -10, 0});
    add(keep<btBoxShape>(btVector3(12, 1, 12)), 0, {0, -1, 0});
    add(keep<btBoxShape>(btVector3(12, 8, 0.5F)), 0, {0, 6, 8});
    add(keep<btBoxShape>(btVector3(12, 8, 0.5F)), 0, {0, 6, -8});
    sensor = add(keep<btBoxShape>(btVector3(2, 2, 2)), 0, {0, 2, 0});
    sensor->setCollisionFlags(sensor->getCollisionFlags() |
                              btCollisionObject::CF_NO_CONTACT_RESPONSE);
    auto& compound = keep<btCompoundShape>();
    auto& half = keep<btBoxShape>(btVector3(0.5F, 0.2F, 0.3F));
    compound.addChildShape(btTransform(btQuaternion::getIdentity(), {0.5F, 0, 0}), &half);
    compound.addChildShape(btTransform(btQuaternion::getIdentity(), {-0.5F, 0.2F, 0}), &half);
    for (std::size_t i = 0; i < count; ++i) {
      const btVector3 at(-6 + 1.6F * static_cast<float>(i % 8),
                         1 + 1.3F * static_cast<float>(i / 64),
                         -6 + 1.6F * static_cast<float>(i / 8 % 8));
      btRigidBody* body = nullptr;
      if (i % 4 == 0) {
        body = add(keep<btSphereShape>(uniform(0.3F, 0.6F)), 1, at);
      } else if (i % 4 == 3) {
        body = add(compound, 1, at);
      } else {
        body =
            add(keep<btBoxShape>(btVector3(uniform(0.3F, 0.6F), uniform(0.2F, 0.5F), 0.4F)), 1, at);
      }
      body->setLinearVelocity({uniform(-2, 2), uniform(-4, 0), uniform(-2, 2)});
      body->setActivationState(i % 2 == 0 ? DISABLE_DEACTIVATION : ACTIVE_TAG);
    }
  }
  ~FallingScene() {
    for (auto& body : bodies) world.removeRigidBody(body.get());
  }
  FallingScene(const FallingScene&) = delete;
  FallingScene& operator=(const FallingScene&) = delete;

  void before_step(std::size_t index) {
    if (index % 50 != 25) return;
    for (std::size_t i = 4; i < bodies.size(); i += 9) {
      bodies[i]->activate(true);
      bodies[i]->setLinearVelocity({0, 9, static_cast<float>(i % 5) - 2});
    }
  }
  void step() { world.stepSimulation(1.0F / 60, 1, 1.0F / 60); }

  btRigidBody* add(btCollisionShape& shape, float mass, const btVector3& at) {
    btVector3 inertia(0, 0, 0);
    if (mass > 0) shape.calculateLocalInertia(mass, inertia);
    btRigidBody::btRigidBodyConstructionInfo info(mass, nullptr, &shape, inertia);
    info.m_startWorldTransform.setIdentity();
    info.m_startWorldTransform.setOrigin(at);
    bodies.push_back(std::make_unique<btRigidBody>(info));
    bodies.back()->setUserPointer(reinterpret_cast<void*>(bodies.size()));
    world.addRigidBody(bodies.back().get());
    return bodies.back().get();
  }
  template <class Shape, class... A>
  Shape& keep(A&&... arguments) {
    auto shape = std::make_unique<Shape>(std::forward<A>(arguments)...);
    Shape& kept = *shape;
    shapes.push_back(std::move(shape));
    return kept;
  }

  std::vector<std::unique_ptr<btCollisionShape>> shapes;
  btDefaultCollisionConfiguration configuration;
  btCollisionDispatcher dispatcher;
  btDbvtBroadphase broadphase;
  btSequentialImpulseConstraintSolver solver;
  btDiscreteDynamicsWorld world;
  std::vector<std::unique_ptr<btRigidBody>> bodies;
  btRigidBody* sensor = nullptr;
};

/// Numbers of an event or contact: objects as their user pointers, floats as their bits.
using Record = std::vector<std::uint64_t>;

inline std::uint64_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }
inline std::uint64_t number(const btCollisionObject* object) {
  return reinterpret_cast<std::uintptr_t>(object->getUserPointer());
}
inline void append(Record& record, const btVector3& vector) {
  for (int i = 0; i < 3; ++i) record.push_back(bits(vector[i]));
}
inline Record state_of(btDiscreteDynamicsWorld& world) {
  Record record;
  for (int i = 0; i < world.getNumCollisionObjects(); ++i) {
    const btRigidBody* body = btRigidBody::upcast(world.getCollisionObjectArray()[i]);
    append(record, body->getWorldTransform().getOrigin());
    for (int row = 0; row < 3; ++row) append(record, body->getWorldTransform().getBasis()[row]);
    append(record, body->getLinearVelocity());
    append(record, body->getAngularVelocity());
  }
  return record;
}

}  // namespace bullet_test
