// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  int local = 4;
  int* pointer = nullptr;
  alloc.begin_frame();
  pointer = alloc.frame_alloc<int>();
  *pointer = local;
  pointer = &local;
  alloc.end_frame();
  return *pointer;
}
