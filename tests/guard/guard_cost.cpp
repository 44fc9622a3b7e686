// SPDX-License-Identifier: MIT OR Apache-2.0
// What a guard mode costs on frames such as a small game has: guard_cost [FRAMES]. The mode comes
// from FRAMEALLOC_GUARD. Prints the time of the median frame in microseconds; run it under
// `valgrind --tool=callgrind` for instructions. Nothing is asserted.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace fa = framealloc;

namespace {

struct Particle {
  float position[3], velocity[3];
  std::uint32_t color, age;
};
struct Entity {
  std::uint64_t id;
  float transform[16];
};

// What a frame computes with its memory counts too: a mode is paid beside work, not beside nothing.
std::uint64_t work_frame(fa::SmartAlloc& alloc, std::vector<Entity*>& entities,
                         std::uint32_t frame) {
  std::uint64_t sum = 0;
  alloc.begin_frame();
  alloc.with_tag("particles", [&] {
    auto* particles = alloc.frame_alloc_batch<Particle>(2000);
    for (std::uint32_t i = 0; i < 2000; ++i) {
      particles[i] = Particle{{float(i), 1, 2}, {0.5F, 0.25F, float(frame)}, i, frame};
    }
    for (std::uint32_t i = 0; i < 2000; ++i) {
      for (int axis = 0; axis < 3; ++axis) {
        particles[i].position[axis] += particles[i].velocity[axis] * 0.016F;
      }
      sum += static_cast<std::uint64_t>(particles[i].position[0]);
    }
  });
  alloc.with_tag("contacts", [&] {
    auto contacts = alloc.frame_vec<std::uint64_t*>();
    for (std::uint64_t i = 0; i < 1000; ++i) {
      auto* contact = alloc.frame_alloc<std::uint64_t[6]>();
      for (std::uint64_t j = 0; j < 6; ++j) (*contact)[j] = i * j;
      contacts.push_back(&(*contact)[0]);
    }
    for (const std::uint64_t* contact : contacts) sum += contact[5];
  });
  for (std::uint32_t i = 0; i < 50; ++i) {
    Entity*& entity = entities[(frame * 50 + i) % entities.size()];
    alloc.pool_free(entity);
    entity = alloc.pool_alloc<Entity>();
    entity->id = frame;
  }
  for (const Entity* entity : entities) sum += entity == nullptr ? 0 : entity->id;
  alloc.end_frame();
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc > 1 ? std::atoi(argv[1]) : 1000;
  fa::SmartAlloc alloc(fa::AllocConfig{});
  std::vector<Entity*> entities(2000);
  std::vector<double> times;
  std::uint64_t sum = 0;
  for (int frame = 0; frame < frames; ++frame) {
    const auto begin = std::chrono::steady_clock::now();
    sum += work_frame(alloc, entities, static_cast<std::uint32_t>(frame));
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
    times.push_back(time.count());
  }
  for (Entity* entity : entities) alloc.pool_free(entity);
  std::ranges::sort(times);
  std::printf("%.1f us per frame (checksum %llu)\n", times[times.size() / 2],
              static_cast<unsigned long long>(sum));
  return 0;
}
