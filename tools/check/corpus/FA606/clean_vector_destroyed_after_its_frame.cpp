// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::FrameVec<int> list = alloc.frame_vec<int>(4);
  list.push_back(1);
  const std::size_t count = list.size();
  alloc.end_frame();
  return count;
}
