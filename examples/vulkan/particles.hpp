// SPDX-License-Identifier: MIT OR Apache-2.0
// The particles of gpu_particles, and what particles.comp has made of them is checked by.
#pragma once

#include <cstdint>
#include <span>

namespace vulkan_device {

struct Particle {
  float x, y, vx, vy;
};

// Whole numbers, so that sums are exact whatever the order.
inline Particle particle_of(std::uint64_t frame, std::uint32_t i) {
  return {static_cast<float>((i + frame) % 1024), static_cast<float>(i % 777),
          static_cast<float>(i % 5) - 2, static_cast<float>(frame % 3)};
}

inline double sum_of(std::span<const Particle> particles) {
  double sum = 0;
  for (const Particle& particle : particles) sum += double{particle.x} + 2 * double{particle.y};
  return sum;
}

}  // namespace vulkan_device
