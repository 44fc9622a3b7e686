// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

struct Particle {
  float x = 0;
};
float run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Particle* particle = alloc.frame_alloc<Particle>();  // expect: FA602
    particle->x = 1.0F;
    sum += particle->x;
  }
  return sum;
}
