// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::FrameMap<int, int> counts = alloc.frame_map<int, int>(16);
  counts.insert(1, 10);
  int* ten = counts.get(1);
  alloc.end_frame();
  return ten == nullptr ? 0 : *ten;  // expect: FA606
}
