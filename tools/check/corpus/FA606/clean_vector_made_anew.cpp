// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::FrameVec<int> list = alloc.frame_vec<int>(4);
  list.push_back(1);
  alloc.end_frame();
  alloc.begin_frame();
  list = alloc.frame_vec<int>(4);
  list.push_back(2);
  const int seen = list[0];
  alloc.end_frame();
  return seen;
}
