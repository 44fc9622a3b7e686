// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Contact {
  int a = 0;
};
void collect(fa::SmartAlloc& alloc, std::vector<Contact*>& out) {
  for (int i = 0; i < 4; ++i) {
    Contact* contact = alloc.frame_new<Contact>();
    contact->a = i;
    out.push_back(contact);
  }
}
int solve(fa::SmartAlloc& alloc) {
  int total = 0;
  alloc.begin_frame();
  {
    std::vector<Contact*> contacts;
    collect(alloc, contacts);
    for (const Contact* each : contacts) total += each->a;
  }
  alloc.end_frame();
  return total;
}
