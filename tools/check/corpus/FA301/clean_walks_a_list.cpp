// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Node {
  Node* next = nullptr;
  int value = 0;
};
void run(fa::SmartAlloc& alloc, const Node* head) {
  const auto frame = alloc.scoped_frame();
  for (const Node* node = head; node != nullptr; node = node->next) {
    if (node->value > 3) *alloc.frame_alloc<int>() = node->value;
  }
}
