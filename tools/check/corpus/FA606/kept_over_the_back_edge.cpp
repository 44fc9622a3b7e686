// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  int* last = nullptr;
  int total = 0;
  for (int frame = 0; frame < 60; ++frame) {
    alloc.begin_frame();
    if (last != nullptr) total += *last;  // expect: FA606
    last = alloc.frame_alloc<int>();
    *last = frame;
    alloc.end_frame();
  }
  return total;
}
