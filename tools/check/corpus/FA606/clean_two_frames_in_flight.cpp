// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run() {
  fa::SmartAlloc alloc(fa::AllocConfig{.frames_in_flight = 2});
  alloc.begin_frame();
  int* pose = alloc.frame_alloc<int>();
  *pose = 1;
  alloc.end_frame();
  alloc.begin_frame();
  const int before = *pose;
  alloc.end_frame();
  return before;
}
