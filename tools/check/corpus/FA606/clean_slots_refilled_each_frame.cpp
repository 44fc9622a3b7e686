// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Slot {
  int* items = nullptr;
  int size = 0;
};
int run(fa::SmartAlloc& alloc, int frames) {
  Slot slots[3];
  int total = 0;
  for (int frame = 0; frame < frames; ++frame) {
    alloc.begin_frame();
    for (Slot& slot : slots) {
      slot.size = 4;
      slot.items = alloc.frame_alloc_batch<int>(4);
      for (int i = 0; i < slot.size; ++i) slot.items[i] = i;
    }
    for (const Slot& slot : slots) total += slot.items[0];
    alloc.end_frame();
  }
  return total;
}
