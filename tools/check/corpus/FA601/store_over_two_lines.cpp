// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Particle {
  float x = 0, y = 0;
};
struct Emitter {
  Particle* fresh_particles_of_this_frame_only = nullptr;
  void burst(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    // clang-format off
    this->fresh_particles_of_this_frame_only =  // expect: FA601
        alloc.frame_new<Particle>();
    // clang-format on
  }
};
