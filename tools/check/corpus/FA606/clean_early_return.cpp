// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, bool abort) {
  alloc.begin_frame();
  int* hits = alloc.frame_alloc<int>();
  *hits = 2;
  if (abort) {
    alloc.end_frame();
    return -1;
  }
  const int seen = *hits;
  alloc.end_frame();
  return seen;
}
