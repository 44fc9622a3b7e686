// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>

namespace fa = framealloc;

struct Slot {
  int* vertices = nullptr;
};
int present(fa::SmartAlloc& alloc) {
  std::array<Slot, 2> slots;
  alloc.begin_frame();
  slots[0].vertices = alloc.frame_new<int>(1);
  alloc.end_frame();
  alloc.begin_frame();
  slots[1].vertices = alloc.frame_new<int>(2);
  const int now = *slots[1].vertices;
  const int before = *slots[0].vertices;  // expect: FA606
  alloc.end_frame();
  return now + before;
}
