// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "checksum.hpp"
#include "entities.hpp"
#include "scene.hpp"
#include "side.hpp"

namespace fa_demo {

/// What an entity saw around itself.
struct Sighting {
  std::uint32_t entity = 0;
  std::uint32_t nearest = 0;
  std::uint32_t count = 0;
  float distance = 0.0F;
  std::array<std::uint32_t, 28> bodies{};
};

/// Each frame some entities look around. Most of what they see is forgotten when the frame ends;
/// the sightings with the most bodies are remembered for a while.
template <class Policy>
class Queries {
 public:
  static constexpr std::size_t kPerFrame = 48;
  static constexpr std::size_t kMostBodies = 512;  ///< that one query looks at
  static constexpr std::size_t kRemembered = 256;
  static constexpr float kRadius = 6.0F;

  explicit Queries(Policy& policy) : policy_(policy) {}

  void run(const Scene& scene, const Entities<Policy>& entities, std::uint64_t frame) {
    const auto tag = policy_.tag("game::queries");
    for (std::size_t i = 0; i < kPerFrame && entities.size() != 0; ++i) {
      const Entity& from = entities[(frame * kPerFrame + i) % entities.size()];
      const Sighting sighting = look(scene, from);
      const bool keep = sighting.count * 8U > most_;
      if (sighting.count > most_) most_ = sighting.count;
      seen_[i] = policy_.retain(sighting, keep && sighting.entity % 4U == 0U);
    }
  }

  /// Called when the frame has ended: `hand_over(retained)` gives what is to be remembered, or
  /// null.
  template <class HandOver>
  void remember(HandOver&& hand_over) {
    for (auto& retained : seen_) {
      if (auto kept = hand_over(retained)) {
        remembered_[kept_++ % kRemembered] = std::move(kept);
      } else {
        ++forgotten_;
      }
      retained = {};
    }
  }

  RetentionUse use() const noexcept { return {kept_, forgotten_}; }
  void add_to(Checksum& sum) const {
    for (const auto& sighting : remembered_) {
      if (sighting == nullptr) continue;
      sum.add((static_cast<std::uint64_t>(sighting->entity) << 32U) | sighting->nearest);
      sum.add(sighting->distance);
      sum.add(std::uint64_t{sighting->bodies[0]});
    }
    sum.add(kept_);
  }

 private:
  static Sighting look(const Scene& scene, const Entity& from) {
    Sighting sighting;
    sighting.entity = from.id;
    float least = kRadius * kRadius;
    const std::size_t bodies = scene.bodies().size();
    for (std::size_t n = 0; n < kMostBodies && n < bodies; ++n) {
      const std::size_t index = (from.body + n) % bodies;
      const b2Vec2& at = scene.bodies()[index]->GetPosition();
      const float dx = at.x - from.x;
      const float dy = at.y - from.y;
      const float square = dx * dx + dy * dy;
      if (square > kRadius * kRadius) continue;
      if (sighting.count < sighting.bodies.size()) {
        sighting.bodies[sighting.count] = static_cast<std::uint32_t>(index);
      }
      ++sighting.count;
      if (square < least) {
        least = square;
        sighting.nearest = static_cast<std::uint32_t>(index);
      }
    }
    sighting.distance = least;
    return sighting;
  }

  Policy& policy_;
  std::array<typename Policy::template Retained<Sighting>, kPerFrame> seen_{};
  std::array<typename Policy::template Pooled<Sighting>, kRemembered> remembered_{};
  std::uint32_t most_ = 0;
  std::uint64_t kept_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace fa_demo
