// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "checksum.hpp"
#include "pcg32.hpp"
#include "scene.hpp"

namespace fa_demo {

/// The last few places of an entity: a component that only some entities have.
struct Trail {
  std::array<float, 24> points{};
  std::uint32_t next = 0;
};

struct Entity {
  std::uint32_t id = 0;
  std::uint32_t body = 0;  ///< that it clings to
  float x = 0.0F;
  float y = 0.0F;
  float drift_x = 0.0F;
  float drift_y = 0.0F;
  float health = 100.0F;
  std::uint32_t age = 0;
  std::uint32_t lifetime = 0;
};

/// Pooled objects that spawn and die in every frame, some 3,000 alive at once.
template <class Policy>
class Entities {
 public:
  static constexpr std::size_t kMost = 4096;
  static constexpr std::uint32_t kSpawnsPerFrame = 24;

  Entities(Policy& policy, std::uint64_t seed)
      : policy_(policy), rng_(seed, 3), alive_(policy.template lasting_vec<Slot>()) {
    const auto tag = policy_.tag("game::entities");
    alive_.reserve(kMost);
  }

  void spawn(std::size_t bodies) {
    const auto tag = policy_.tag("game::entities");
    for (std::uint32_t n = 0; n < kSpawnsPerFrame && alive_.size() < kMost; ++n) {
      Entity entity;
      entity.id = ++last_id_;
      entity.body = rng_.below(static_cast<std::uint32_t>(bodies));
      entity.drift_x = rng_.between(-0.6F, 0.6F);
      entity.drift_y = rng_.between(0.2F, 1.2F);
      entity.lifetime = 60 + rng_.below(121);
      Slot slot{policy_.template pooled<Entity>(entity), {}};
      if (entity.id % 3U == 0U) slot.trail = policy_.template pooled<Trail>(Trail{});
      alive_.push_back(std::move(slot));
      ++spawned_;
    }
  }

  /// Ages and moves every entity; those that are too old or too hurt die.
  template <class Impact>
  void update(const Scene& scene, Impact&& impact_on) {
    const auto tag = policy_.tag("game::entities");
    for (std::size_t i = 0; i < alive_.size();) {
      Slot& slot = alive_[i];
      Entity& entity = *slot.entity;
      const b2Vec2& at = scene.bodies()[entity.body]->GetPosition();
      const auto age = static_cast<float>(++entity.age) * (1.0F / 60.0F);
      entity.x = at.x + entity.drift_x * age;
      entity.y = at.y + entity.drift_y * age;
      entity.health -= impact_on(entity.body);
      if (slot.trail) {
        slot.trail->points[slot.trail->next] = entity.x;
        slot.trail->points[slot.trail->next + 1] = entity.y;
        slot.trail->next = (slot.trail->next + 2U) % 24U;
      }
      if (entity.age >= entity.lifetime || entity.health <= 0.0F) {
        if (i + 1 != alive_.size()) slot = std::move(alive_.back());
        alive_.pop_back();
        ++died_;
      } else {
        ++i;
      }
    }
  }

  std::size_t size() const noexcept { return alive_.size(); }
  const Entity& operator[](std::size_t index) const noexcept { return *alive_[index].entity; }
  std::size_t spawned() const noexcept { return spawned_; }
  std::size_t died() const noexcept { return died_; }

  void add_to(Checksum& sum) const {
    for (const Slot& slot : alive_) {
      sum.add((static_cast<std::uint64_t>(slot.entity->id) << 32U) | slot.entity->age);
      sum.add(slot.entity->x, slot.entity->y);
      sum.add(slot.entity->health);
      if (slot.trail) sum.add(slot.trail->points[0], slot.trail->points[1]);
    }
  }

 private:
  struct Slot {
    typename Policy::template Pooled<Entity> entity;
    typename Policy::template Pooled<Trail> trail;
  };

  Policy& policy_;
  Pcg32 rng_;
  typename Policy::template LastingVec<Slot> alive_;
  std::uint32_t last_id_ = 0;
  std::size_t spawned_ = 0;
  std::size_t died_ = 0;
};

}  // namespace fa_demo
