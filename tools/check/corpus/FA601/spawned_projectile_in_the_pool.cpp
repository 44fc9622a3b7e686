// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Trail {
  float x[16] = {};
};
struct Projectile {
  Trail* trail = nullptr;
  float speed = 1;
};
fa::PoolBox<Projectile> fire(fa::SmartAlloc& alloc) {
  auto projectile = alloc.pool_box<Projectile>();
  projectile->trail = alloc.frame_new<Trail>();  // expect: FA601
  return projectile;
}
