// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <thread>
#include <vector>

namespace fa = framealloc;

struct Particle {
  float x = 0, v = 1;
};
template <class F>
void for_chunks(std::span<Particle> all, unsigned workers, F work) {
  const std::size_t chunk = (all.size() + workers - 1) / workers;
  std::vector<std::thread> threads;
  for (unsigned w = 0; w < workers; ++w) {
    const std::size_t first = std::min(all.size(), w * chunk);
    const std::size_t last = std::min(all.size(), first + chunk);
    threads.emplace_back([=] { work(all.subspan(first, last - first)); });
  }
  for (std::thread& thread : threads) thread.join();
}
void frame(fa::SmartAlloc& alloc, float dt) {
  const auto scope = alloc.scoped_frame();
  auto particles = alloc.frame_slice<Particle>(1000);
  for_chunks(particles, 4, [dt](std::span<Particle> part) {
    for (Particle& each : part) each.x += each.v * dt;
  });
}
