// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int*> list = alloc.frame_vec<int*>();
  for (int i = 0; i < count; ++i) {
    if (i % 2 == 0) continue;
    int* cell = alloc.frame_alloc<int>();
    *cell = i;
    list.push_back(cell);  // expect: FA608
  }
  return list.size();
}
