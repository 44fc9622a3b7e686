// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Chunk {
  int blocks = 0;
};
int run(fa::SmartAlloc& alloc) {
  fa::GroupAllocator& groups = alloc.groups();
  const fa::GroupId level = groups.create_group("level");
  Chunk* chunk = groups.make<Chunk>(level);
  chunk->blocks = 3;
  groups.free_group(level);
  return chunk->blocks;  // expect: FA606
}
