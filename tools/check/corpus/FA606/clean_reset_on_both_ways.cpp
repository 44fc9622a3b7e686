// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, bool fast) {
  alloc.begin_frame();
  int fallback = 0;
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  alloc.end_frame();
  alloc.begin_frame();
  if (fast) {
    cell = &fallback;
  } else {
    cell = alloc.frame_alloc<int>();
    *cell = 2;
  }
  const int seen = *cell;
  alloc.end_frame();
  return seen;
}
