// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Node {
  const Node* next = nullptr;
  int value = 0;
};
int run(fa::SmartAlloc& alloc, const Node* head) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (const Node* node = head; node != nullptr; node = node->next) {
    int* cell = alloc.frame_alloc<int>();
    *cell = node->value;
    sum += *cell;
  }
  return sum;
}
