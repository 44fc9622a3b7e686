// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Node {
  Node* next = nullptr;
  int value = 0;
};
int run(fa::SmartAlloc& alloc, const std::vector<int>& values) {
  const auto frame = alloc.scoped_frame();
  Node* head = nullptr;
  for (std::size_t i = 0; i < values.size(); i++) {
    Node* node = alloc.frame_new<Node>();  // expect: FA602
    node->next = head;
    node->value = values[i];
    head = node;
  }
  return head != nullptr ? head->value : 0;
}
