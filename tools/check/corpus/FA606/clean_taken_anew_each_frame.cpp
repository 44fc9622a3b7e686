// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  int* cell = nullptr;
  int total = 0;
  for (int frame = 0; frame < 60; ++frame) {
    alloc.begin_frame();
    cell = alloc.frame_alloc<int>();
    *cell = frame;
    total += *cell;
    alloc.end_frame();
  }
  return total;
}
