// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::span<int> values = alloc.frame_slice<int>(16);
  alloc.end_frame();
  int total = 0;
  for (int value : values) total += value;  // expect: FA606
  return total;
}
