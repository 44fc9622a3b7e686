// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Move {
  int score = 0;
};
Move* generate(fa::SmartAlloc& alloc, int seed) {
  Move* move = alloc.frame_new<Move>();
  move->score = seed;
  return move;
}
int search(fa::SmartAlloc& alloc) {
  const auto scope = alloc.scoped_frame();
  Move* best = nullptr;
  for (int i = 0; i < 8; ++i) {
    const auto before = alloc.frame_checkpoint();
    Move* move = generate(alloc, i * 7 % 5);
    if (best == nullptr || move->score > best->score) best = move;  // expect: FA606
    alloc.rollback_to(before);
  }
  return 0;
}
