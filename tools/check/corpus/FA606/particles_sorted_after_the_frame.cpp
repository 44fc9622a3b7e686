// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace fa = framealloc;

struct Particle {
  float x = 0, y = 0, age = 0;
};

class Particles {
 public:
  explicit Particles(fa::SmartAlloc alloc) : alloc_(std::move(alloc)) {}

  float step(float dt) {
    alloc_.begin_frame();
    const std::span<Particle> alive = gather();
    for (Particle& each : alive) each.age += dt;
    alloc_.end_frame();
    std::sort(alive.begin(), alive.end(),  // expect: FA606
              [](const Particle& a, const Particle& b) { return a.age < b.age; });
    return static_cast<float>(alive.size());
  }

 private:
  std::span<Particle> gather() {
    auto cells = alloc_.frame_slice<Particle>(wanted_);
    return cells;
  }
  fa::SmartAlloc alloc_;
  std::size_t wanted_ = 64;
};
float use(Particles& particles) { return particles.step(0.5F); }
