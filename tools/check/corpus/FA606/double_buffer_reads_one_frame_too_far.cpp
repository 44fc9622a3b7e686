// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

int run() {
  fa::AllocConfig config;
  config.frames_in_flight = 2;
  fa::SmartAlloc alloc(config);
  alloc.begin_frame();
  const std::span<int> draws = alloc.frame_slice<int>(4);
  draws[0] = 1;
  alloc.end_frame();
  alloc.begin_frame();
  int total = draws[0];
  alloc.end_frame();
  alloc.begin_frame();
  total += draws[0];  // expect: FA606
  alloc.end_frame();
  return total;
}
