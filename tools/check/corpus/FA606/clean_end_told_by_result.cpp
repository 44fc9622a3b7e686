// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int hp;
};

bool finish(fa::SmartAlloc& alloc, bool really) {
  if (really) alloc.end_frame();
  return really;
}

int run(fa::SmartAlloc& alloc, bool early, int turns) {
  alloc.begin_frame();
  Unit* unit = alloc.frame_new<Unit>();
  while (turns-- > 0) {
    const bool stop = turns == 3 && finish(alloc, early);
    if (stop) return 0;
    unit->hp += turns;
  }
  const int hp = unit->hp;
  alloc.end_frame();
  return hp;
}
