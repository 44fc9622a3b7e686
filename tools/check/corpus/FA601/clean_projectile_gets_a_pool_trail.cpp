// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Trail {
  float x[16] = {};
};
struct Projectile {
  fa::PoolBox<Trail> trail;
  float speed = 1;
};
fa::PoolBox<Projectile> fire(fa::SmartAlloc& alloc) {
  const auto scope = alloc.frame_scope();
  Trail* draft = alloc.frame_new<Trail>();
  draft->x[0] = 2;
  auto projectile = alloc.pool_box<Projectile>();
  projectile->trail = alloc.pool_box<Trail>(*draft);
  return projectile;
}
