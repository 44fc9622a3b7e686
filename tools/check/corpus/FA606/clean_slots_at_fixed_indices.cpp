// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Slot {
  int* vertices = nullptr;
};
int present(fa::SmartAlloc& alloc) {
  constexpr int kKept = 1;
  Slot slots[2];
  slots[kKept].vertices = alloc.pool_alloc<int>();
  alloc.begin_frame();
  slots[0].vertices = alloc.frame_new<int>(1);
  const int now = *slots[0].vertices;
  alloc.end_frame();
  *slots[kKept].vertices = now;
  const int kept = *slots[kKept].vertices;
  alloc.pool_free(slots[kKept].vertices);
  return kept;
}
