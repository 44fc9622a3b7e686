// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, bool paused) {
  alloc.begin_frame();
  int* hits = alloc.frame_alloc<int>();
  *hits = 0;
  if (paused) alloc.end_frame();
  *hits += 1;  // expect: FA606
  if (!paused) alloc.end_frame();
  return 0;
}
