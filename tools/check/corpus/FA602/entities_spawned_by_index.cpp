// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Entity {
  int id = 0;
  float health = 1;
};
class Spawner {
 public:
  explicit Spawner(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  float wave(const std::vector<int>& ids) {
    const fa::ScopedFrame frame = alloc_.scoped_frame();
    float total = 0;
    for (std::size_t i = 0; i != ids.size(); ++i) {
      auto* entity = alloc_.frame_new<Entity>();  // expect: FA602
      entity->id = ids[i];
      total += entity->health;
    }
    return total;
  }

 private:
  fa::SmartAlloc& alloc_;
};
float use(Spawner& spawner) { return spawner.wave({1, 2, 3}); }
