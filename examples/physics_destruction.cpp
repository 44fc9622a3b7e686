// SPDX-License-Identifier: MIT OR Apache-2.0
// Shots at a wall of bricks, on Bullet: a brick that is hit hard is destroyed immediately, and the
// next step reports the contacts that this ended, with the user data of the destroyed bricks.
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>

#include "physics/holdings.hpp"

namespace fa = framealloc;
namespace fb = framealloc::bullet;

namespace {

constexpr int kTicks = 360;
constexpr btScalar kBreaks = 6;  // newton seconds

struct Brick {
  btRigidBody* body = nullptr;
  int number = 0;
  int ends_told = 0;  // contact ends reported after it was destroyed
};

class Scene {
 public:
  explicit Scene(fa::SmartAlloc& alloc) : alloc_(alloc), physics_(alloc) {
    add(ground_, 0, {0, -0.5F, 0});
    for (std::size_t i = 0; i < bricks_.size(); ++i) {
      const auto column = static_cast<btScalar>(i % 8);
      const auto row = static_cast<btScalar>(i / 8);
      bricks_[i].number = static_cast<int>(i);
      bricks_[i].body = add(brick_, 1, {column * 1.02F - 3.5F, 0.26F + row * 0.52F, 0});
      bricks_[i].body->setUserPointer(&bricks_[i]);
    }
  }
  // Bodies must be destroyed before their world, shapes after it.
  ~Scene() { clear(); }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  void tick(int number) {
    if (number % 60 == 30) shoot(static_cast<btScalar>(number / 60 % 3) * 2 - 2);
    const fb::StepEvents events = physics_.step_with_events(alloc_);
    missing += events.dropped;
    for (const fb::PairEvent& end : events.ends) {
      if (!end.between_steps) continue;
      for (void* const user : {end.user_a, end.user_b}) {
        auto* const brick = static_cast<Brick*>(user);
        if (brick != nullptr && brick->body == nullptr) ++brick->ends_told;
      }
    }
    // The contacts are copies, so destroying a brick does not disturb the loop.
    for (const fb::Contact& contact : events.contacts) {
      btScalar push = 0;
      for (const fb::ContactPoint& point : contact.points) push += point.impulse;
      if (push > kBreaks) broken.push(contact);
    }
    for (const btCollisionObject* const object : broken.objects()) destroy(object);
    broken.clear();
  }

  int destroyed = 0;
  std::size_t missing = 0;
  [[nodiscard]] int ends_told() const {
    int sum = 0;
    for (const Brick& brick : bricks_) sum += brick.ends_told;
    return sum;
  }
  [[nodiscard]] int standing() const {
    int count = 0;
    for (const Brick& brick : bricks_) count += brick.body != nullptr ? 1 : 0;
    return count;
  }
  void clear() {
    for (Brick& brick : bricks_) physics_.remove_body(brick.body);
    for (Brick& brick : bricks_) brick.body = nullptr;
  }

 private:
  // Bricks hit in this tick.
  struct Broken {
    void push(const fb::Contact& contact) {
      for (const btCollisionObject* const object : {contact.body_a, contact.body_b}) {
        if (object->getUserPointer() != nullptr && count < list.size()) list[count++] = object;
      }
    }
    [[nodiscard]] std::span<const btCollisionObject* const> objects() const {
      return {list.data(), count};
    }
    void clear() { count = 0; }
    std::array<const btCollisionObject*, 256> list{};
    std::size_t count = 0;
  } broken;

  btRigidBody* add(btCollisionShape& shape, btScalar mass, const btVector3& at) {
    btVector3 inertia(0, 0, 0);
    if (mass > 0) shape.calculateLocalInertia(mass, inertia);
    btRigidBody::btRigidBodyConstructionInfo info(mass, nullptr, &shape, inertia);
    info.m_startWorldTransform = btTransform(btQuaternion::getIdentity(), at);
    return physics_.insert_body(info);
  }
  void shoot(btScalar x) { add(ball_, 8, {x, 2, 12})->setLinearVelocity({0, 1, -30}); }
  void destroy(const btCollisionObject* object) {
    for (Brick& brick : bricks_) {
      if (brick.body == nullptr || brick.body != object) continue;  // it may be listed twice
      brick.body = nullptr;
      physics_.remove_body(const_cast<btRigidBody*>(btRigidBody::upcast(object)));
      ++destroyed;
      return;
    }
  }

  fa::SmartAlloc& alloc_;
  btBoxShape ground_{{30, 0.5F, 30}};
  btBoxShape brick_{{0.5F, 0.25F, 0.25F}};
  btSphereShape ball_{0.5F};
  std::array<Brick, 64> bricks_{};
  fb::PhysicsWorld3D physics_;
};

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  fa::c_hooks::Memory memory(alloc, "engine::bullet");
  fb::install_memory(memory);
  bool right = false;
  {
    const auto tag = alloc.tag_scope("game::physics");
    Scene scene(alloc);
    for (int tick = 0; tick < kTicks; ++tick) {
      const fa::ScopedFrame frame = alloc.scoped_frame();
      scene.tick(tick);
      if (tick == kTicks - 1) right = physics_example::print_holdings(alloc);
    }
    std::printf(
        "%d bricks destroyed in mid-flight, %s of their contacts told afterwards, %d stand\n",
        scene.destroyed, scene.ends_told() > 0 ? "the ends" : "no end", scene.standing());
    right =
        right && scene.destroyed > 5 && scene.ends_told() >= scene.destroyed && scene.missing == 0;
  }
  fb::uninstall_memory();
  return physics_example::finish(alloc, right);
}
