// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Contact {
  int a = 0, b = 0;
};
void solve(fa::SmartAlloc& alloc, std::vector<Contact*>& out) {
  alloc.begin_frame();
  for (int i = 0; i < 4; ++i) {
    Contact* contact = alloc.frame_new<Contact>();
    contact->a = i;
    out.push_back(contact);  // expect: FA601
  }
  alloc.end_frame();
}
