// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_thread_frame();
  int* step = alloc.frame_alloc<int>();
  *step = 2;
  alloc.end_thread_frame();
  return *step;  // expect: FA606
}
