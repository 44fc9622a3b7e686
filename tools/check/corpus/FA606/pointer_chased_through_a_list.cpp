// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Link {
  int value = 0;
  Link* next = nullptr;
};
Link* build(fa::SmartAlloc& alloc, int count) {
  Link* head = nullptr;
  while (count-- > 0) {
    Link* link = alloc.frame_alloc<Link>();  // expect: FA602
    link->value = count;
    link->next = head;
    head = link;
  }
  return head;
}
int sum(const Link* link) {
  int total = 0;
  for (; link != nullptr; link = link->next) total += link->value;
  return total;
}
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const Link* list = build(alloc, 3);
  const int inside = sum(list);
  alloc.end_frame();
  return inside + sum(list);  // expect: FA606
}
