// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Node {
  Node* next = nullptr;
  int cost = 0;
};
int cheapest(fa::SmartAlloc& alloc, int tries) {
  const auto frame = alloc.scoped_frame();
  Node* best = alloc.frame_new<Node>();
  best->cost = 1000;
  for (int i = 0; i < tries; ++i) {
    fa::FrameScope attempt = alloc.frame_scope();
    Node* node = attempt.alloc<Node>();
    node->cost = i * 7 % 5;
    if (node->cost < best->cost) best = node;  // expect: FA606
  }
  return best->cost;  // expect: FA606
}
