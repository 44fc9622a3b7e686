// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Node {
  int cost = 0;
  int id = 0;
};
int cheapest(fa::SmartAlloc& alloc, int tries) {
  const auto frame = alloc.scoped_frame();
  Node* best = alloc.frame_new<Node>();
  best->cost = 1000;
  for (int i = 0; i < tries; ++i) {
    fa::FrameScope attempt = alloc.frame_scope();
    Node* node = attempt.alloc<Node>();
    node->cost = i * 7 % 5;
    node->id = i;
    if (node->cost < best->cost) *best = *node;
  }
  return best->cost;
}
