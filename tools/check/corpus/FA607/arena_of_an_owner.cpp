// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

struct Npc {
  std::unique_ptr<int> brain;
};
bool run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameArena& arena = alloc.frame_arena();
  Npc* npc = std::construct_at(arena.alloc<Npc>());  // expect: FA607
  npc->brain = std::make_unique<int>(1);
  return npc->brain != nullptr;
}
