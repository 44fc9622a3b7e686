// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, bool paused) {
  alloc.begin_frame();
  int* hits = alloc.frame_alloc<int>();
  *hits = 0;
  if (paused) alloc.end_frame();
  int seen = 0;
  if (!paused) {
    seen = *hits;
    alloc.end_frame();
  }
  return seen;
}
