// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

struct Node {
  Node* next = nullptr;
  int value = 0;
};
void visit(Node* first, const std::function<void(Node&)>& f) {
  for (Node* at = first; at != nullptr; at = at->next) f(*at);
}
int total(fa::SmartAlloc& alloc, Node* first) {
  const auto frame = alloc.scoped_frame();
  auto values = alloc.frame_vec<int>(8);
  visit(first, [&](Node& node) { values.push_back(node.value); });
  int sum = 0;
  for (int each : values) sum += each;
  return sum;
}
