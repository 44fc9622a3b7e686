// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Enemy {
  int health = 10;
};
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::PoolBox<Enemy> enemy = alloc.pool_box<Enemy>();
  alloc.end_frame();
  return enemy->health;
}
