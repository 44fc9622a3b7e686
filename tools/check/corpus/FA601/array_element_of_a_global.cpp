// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int* g_slots[4] = {};
void fill(fa::SmartAlloc& alloc, int index) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = index;
  g_slots[index & 3] = cell;  // expect: FA601
}
