// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "checksum.hpp"
#include "pcg32.hpp"
#include "scene.hpp"

namespace fa_demo {

/// Something to draw: `key` orders it (material, then depth).
struct DrawItem {
  std::uint32_t key = 0;
  float x = 0.0F;
  float y = 0.0F;
  float size = 0.0F;
};

/// A particle that hit the floor: one small object each, read by the main thread in the same frame.
struct Spark {
  Spark* next = nullptr;
  float x = 0.0F;
  float energy = 0.0F;
};

/// 20,000 particles, updated by the job threads in chunks.
template <class Policy>
class Particles {
 public:
  static constexpr std::size_t kCount = 20'000;
  static constexpr unsigned kChunks = 16;

  Particles(Policy& policy, std::uint64_t seed)
      : policy_(policy),
        x_(policy.template lasting_vec<float>()),
        y_(policy.template lasting_vec<float>()),
        speed_x_(policy.template lasting_vec<float>()),
        speed_y_(policy.template lasting_vec<float>()),
        life_(policy.template lasting_vec<float>()) {
    const auto tag = policy_.tag("game::particles");
    x_.resize(kCount);
    y_.resize(kCount);
    speed_x_.resize(kCount);
    speed_y_.resize(kCount);
    life_.resize(kCount);
    for (unsigned chunk = 0; chunk < kChunks; ++chunk) {
      rng_[chunk].emplace(seed, 100 + chunk);
      for (std::size_t i = begin_of(chunk); i < begin_of(chunk + 1); ++i) {
        respawn(i, *rng_[chunk]);
        life_[i] = rng_[chunk]->between(0.0F, 3.0F);
      }
    }
  }

  /// Moves the particles of one chunk; lists those that the camera sees and those that hit the
  /// floor, in the running thread's frame memory. Any thread; one thread per chunk.
  void update(unsigned chunk, const Camera& camera) {
    const auto tag = policy_.tag("game::particles");
    auto local = policy_.local();
    Output& output = outputs_[chunk].emplace(local);
    // Sparks are made between what is listed, so that the list could not grow where it stands.
    output.visible.reserve(begin_of(chunk + 1) - begin_of(chunk));
    Pcg32& rng = *rng_[chunk];
    constexpr float kStep = 1.0F / 60.0F;
    for (std::size_t i = begin_of(chunk); i < begin_of(chunk + 1); ++i) {
      life_[i] -= kStep;
      if (life_[i] <= 0.0F) {
        respawn(i, rng);
        ++output.respawned;
      }
      speed_y_[i] -= 9.81F * kStep;
      x_[i] += speed_x_[i] * kStep;
      y_[i] += speed_y_[i] * kStep;
      if (y_[i] < 0.0F && speed_y_[i] < 0.0F) {
        const float energy = speed_y_[i] * speed_y_[i];
        y_[i] = -y_[i];
        speed_y_[i] *= -0.6F;
        if (energy > 4.0F) {
          output.sparks = local.make(Spark{output.sparks, x_[i], energy});
          ++output.spark_count;
        }
      }
      if (camera.sees(x_[i], y_[i])) {
        const auto material = static_cast<std::uint32_t>(i % 7U);
        const auto depth = static_cast<std::uint32_t>(life_[i] * 256.0F) & 0xFFFFU;
        output.visible.push_back(
            {(material << 20U) | depth, x_[i], y_[i], 0.1F + life_[i] * 0.05F});
      }
    }
  }

  const auto& visible(unsigned chunk) const { return outputs_[chunk]->visible; }
  const Spark* sparks(unsigned chunk) const { return outputs_[chunk]->sparks; }
  std::size_t respawned() const {
    std::size_t sum = 0;
    for (const auto& output : outputs_) sum += output ? output->respawned : 0;
    return sum;
  }

  /// Frees what update() made.
  void release() {
    auto local = policy_.local();
    for (auto& output : outputs_) {
      if constexpr (!Policy::kFrameFreesObjects) {
        for (Spark* spark = output->sparks; spark != nullptr;) {
          Spark* next = spark->next;
          local.drop(spark);
          spark = next;
        }
      }
      output.reset();
    }
  }

  void add_to(Checksum& sum) const {
    for (std::size_t i = 0; i < kCount; ++i) {
      sum.add(x_[i], y_[i]);
      sum.add(speed_y_[i], life_[i]);
    }
  }

 private:
  struct Output {
    template <class Local>
    explicit Output(Local& local) : visible(local.template vec<DrawItem>()) {}

    typename Policy::template Vec<DrawItem> visible;
    Spark* sparks = nullptr;
    std::size_t spark_count = 0;
    std::size_t respawned = 0;
  };

  static constexpr std::size_t begin_of(unsigned chunk) { return kCount * chunk / kChunks; }

  void respawn(std::size_t i, Pcg32& rng) {
    const float fountain = static_cast<float>(rng.below(8)) * 20.0F - 70.0F;
    x_[i] = fountain + rng.between(-0.5F, 0.5F);
    y_[i] = 0.5F;
    speed_x_[i] = rng.between(-6.0F, 6.0F);
    speed_y_[i] = rng.between(8.0F, 24.0F);
    life_[i] = rng.between(1.5F, 4.0F);
  }

  Policy& policy_;
  typename Policy::template LastingVec<float> x_;
  typename Policy::template LastingVec<float> y_;
  typename Policy::template LastingVec<float> speed_x_;
  typename Policy::template LastingVec<float> speed_y_;
  typename Policy::template LastingVec<float> life_;
  std::array<std::optional<Pcg32>, kChunks> rng_;
  std::array<std::optional<Output>, kChunks> outputs_;
};

}  // namespace fa_demo
