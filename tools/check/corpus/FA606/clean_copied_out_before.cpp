// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* score = alloc.frame_alloc<int>();
  *score = 7;
  const int kept = *score;
  alloc.end_frame();
  return kept;
}
