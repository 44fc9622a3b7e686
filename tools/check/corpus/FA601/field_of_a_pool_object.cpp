// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Npc {
  int* goals = nullptr;
};
Npc* spawn(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Npc* npc = alloc.pool_alloc<Npc>();
  npc->goals = alloc.frame_alloc_batch<int>(4);  // expect: FA601
  return npc;
}
