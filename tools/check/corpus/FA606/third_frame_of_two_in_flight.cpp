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
  int sum = *pose;
  alloc.end_frame();
  alloc.begin_frame();
  sum += *pose;  // expect: FA606
  alloc.end_frame();
  return sum;
}
