// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, int** out) {
  alloc.begin_frame();
  int* value = alloc.frame_alloc<int>();
  *value = 1;
  *out = value;  // expect: FA601
  alloc.end_frame();
}
