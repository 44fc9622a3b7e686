// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int*> list = alloc.frame_vec<int*>(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 2 == 0) continue;
    int* cell = alloc.frame_alloc<int>();
    *cell = 1;
    list.push_back(cell);
  }
  return list.size();
}
