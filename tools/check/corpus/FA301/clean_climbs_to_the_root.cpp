// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Node {
  const Node* parent = nullptr;
  int id = 0;
};
int run(fa::SmartAlloc& alloc, const Node* node) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  while (node) {
    const Node* up = node->parent;
    sum += *alloc.frame_new<int>(node->id);
    node = up;
  }
  return sum;
}
