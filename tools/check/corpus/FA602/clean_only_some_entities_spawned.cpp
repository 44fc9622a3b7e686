// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Entity {
  int id = 0;
};
int wave(fa::SmartAlloc& alloc, const std::vector<int>& ids) {
  const fa::ScopedFrame frame = alloc.scoped_frame();
  int total = 0;
  for (const int id : ids) {
    if (id < 0) continue;
    auto* entity = alloc.frame_new<Entity>();
    entity->id = id;
    total += entity->id;
  }
  for (const int id : ids) {
    if (id > 1000) break;
    auto* entity = alloc.frame_new<Entity>();
    entity->id = id;
    total += entity->id;
  }
  return total;
}
