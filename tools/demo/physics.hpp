// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <box2d/b2_contact.h>
#include <box2d/b2_world.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "checksum.hpp"
#include "page_faults.hpp"
#include "scene.hpp"

namespace fa_demo {

/// A touching pair, as gameplay wants to see it.
struct ContactEvent {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  float x = 0.0F;
  float y = 0.0F;
  float normal_x = 0.0F;
  float normal_y = 0.0F;
  float speed = 0.0F;  ///< with which the bodies approach each other along the normal
};

/// A neighbor in the graph of what touches what.
struct ContactEdge {
  ContactEdge* next = nullptr;
  std::uint32_t other = 0;
};

/// The physics of one side: the Box2D world, and what is gathered from it in each frame.
template <class Policy>
class Physics {
 public:
  Physics(Policy& policy, SceneKind kind, std::uint64_t seed) : policy_(policy) {
    const auto tag = policy_.tag("game::physics");
    const auto memory = policy_.physics_memory();
    world_ = policy_.template lasting<b2World>(b2Vec2(0.0F, -10.0F));
    scene_.emplace(kind, seed, *world_);
  }
  ~Physics() {
    const auto memory = policy_.physics_memory();
    scene_.reset();
    world_.reset();
  }
  Physics(const Physics&) = delete;
  Physics& operator=(const Physics&) = delete;

  void step(std::uint64_t frame, std::span<const float> targets) {
    const auto tag = policy_.tag("game::physics");
    const auto memory = policy_.physics_memory();
    const std::uint64_t faults = watch_faults_ ? thread_page_faults() : 0;
    scene_->before_step(frame, targets);
    world_->Step(1.0F / 60.0F, 8, 3);
    step_faults_ = watch_faults_ ? thread_page_faults() - faults : 0;
  }

  /// Reads the touching contacts into this frame's memory: a list of events, the contact graph, how
  /// far each body stands above the ground, and the bodies that were hit hard.
  void gather() {
    const auto tag = policy_.tag("game::physics");
    auto local = policy_.local();
    const std::size_t bodies = scene_->bodies().size();
    frame_.emplace(local, bodies);
    std::fill_n(frame_->edges.data(), bodies, nullptr);
    std::fill_n(frame_->height.data(), bodies, kUnsupported);
    for (b2Contact* contact = world_->GetContactList(); contact != nullptr;
         contact = contact->GetNext()) {
      if (contact->IsTouching()) gather_one(local, *contact);
    }
    find_heights();
  }

  /// Frees what gather() made.
  void release() {
    if constexpr (!Policy::kFrameFreesObjects) {
      auto local = policy_.local();
      for (std::size_t i = 0; i < frame_->edges.size(); ++i) {
        for (ContactEdge* edge = frame_->edges[i]; edge != nullptr;) {
          ContactEdge* next = edge->next;
          local.drop(edge);
          edge = next;
        }
      }
    }
    frame_.reset();
  }

  const Scene& scene() const noexcept { return *scene_; }
  std::size_t contact_count() const noexcept { return frame_ ? frame_->events.size() : 0; }
  /// Contacts between a body and the ground: 1; bodies on such bodies: 2; and so on. 0: none.
  std::uint16_t height_of(std::size_t body) noexcept { return frame_->height[body]; }
  /// The speed with which the body was hit in this frame, or 0.
  float impact_on(std::uint32_t body) const {
    const float* speed = Policy::find(frame_->impacts, body);
    return speed == nullptr ? 0.0F : *speed;
  }
  template <class Visitor>
  void for_each_event(Visitor&& visit) const {
    for (const ContactEvent& event : frame_->events) visit(event);
  }

  void watch_faults(bool on) noexcept { watch_faults_ = on; }
  std::uint64_t step_faults() const noexcept { return step_faults_; }

  void add_to(Checksum& sum) const {
    for (const b2Body* body : scene_->bodies()) {
      const b2Vec2& at = body->GetPosition();
      const b2Vec2& speed = body->GetLinearVelocity();
      sum.add(at.x, at.y);
      sum.add(speed.x, speed.y);
    }
  }

 private:
  static constexpr std::uint16_t kUnsupported = 0;

  struct FrameData {
    template <class Local>
    FrameData(Local& local, std::size_t bodies)
        : events(local.template vec<ContactEvent>()),
          edges(local.template array<ContactEdge*>(bodies)),
          height(local.template array<std::uint16_t>(bodies)),
          impacts(local.template map<std::uint32_t, float>(128)) {}

    typename Policy::template Vec<ContactEvent> events;
    typename Policy::template Array<ContactEdge*> edges;
    typename Policy::template Array<std::uint16_t> height;
    typename Policy::template Map<std::uint32_t, float> impacts;
  };

  template <class Local>
  void gather_one(Local& local, b2Contact& contact) {
    b2WorldManifold manifold;
    contact.GetWorldManifold(&manifold);
    b2Body& body_a = *contact.GetFixtureA()->GetBody();
    b2Body& body_b = *contact.GetFixtureB()->GetBody();
    const b2Vec2 closing = body_a.GetLinearVelocity() - body_b.GetLinearVelocity();
    ContactEvent event;
    event.a = scene_->index_of(body_a);
    event.b = scene_->index_of(body_b);
    event.x = manifold.points[0].x;
    event.y = manifold.points[0].y;
    event.normal_x = manifold.normal.x;
    event.normal_y = manifold.normal.y;
    event.speed = closing.x * manifold.normal.x + closing.y * manifold.normal.y;
    frame_->events.push_back(event);
    join(local, event.a, event.b);
    join(local, event.b, event.a);
    if (event.speed > 1.5F) {
      note_impact(event.a, event.speed);
      note_impact(event.b, event.speed);
    }
  }

  template <class Local>
  void join(Local& local, std::uint32_t body, std::uint32_t other) {
    if (body == Scene::kGround) return;
    frame_->edges[body] = local.make(ContactEdge{frame_->edges[body], other});
  }

  void note_impact(std::uint32_t body, float speed) {
    if (body == Scene::kGround) return;
    float& most = Policy::at_or_insert(frame_->impacts, body);
    most = std::max(most, speed);
  }

  // Breadth first from the ground upwards.
  void find_heights() {
    auto local = policy_.local();
    auto queue = local.template vec<std::uint32_t>();
    const std::size_t bodies = frame_->edges.size();
    for (std::uint32_t i = 0; i < bodies; ++i) {
      for (const ContactEdge* edge = frame_->edges[i]; edge != nullptr; edge = edge->next) {
        if (edge->other != Scene::kGround) continue;
        frame_->height[i] = 1;
        queue.push_back(i);
        break;
      }
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const std::uint32_t body = queue[head];
      const auto above = static_cast<std::uint16_t>(frame_->height[body] + 1);
      for (const ContactEdge* edge = frame_->edges[body]; edge != nullptr; edge = edge->next) {
        if (edge->other == Scene::kGround || frame_->height[edge->other] != kUnsupported) continue;
        frame_->height[edge->other] = above;
        queue.push_back(edge->other);
      }
    }
  }

  Policy& policy_;
  typename Policy::template Lasting<b2World> world_;
  std::optional<Scene> scene_;
  std::optional<FrameData> frame_;
  std::uint64_t step_faults_ = 0;
  bool watch_faults_ = false;
};

}  // namespace fa_demo
