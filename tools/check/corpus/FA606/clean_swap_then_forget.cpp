// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <utility>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  std::span<int> front;
  int total = 0;
  for (int i = 0; i < 10; ++i) {
    alloc.begin_frame();
    std::span<int> back = alloc.frame_slice<int>(4);
    back[0] = i;
    std::swap(front, back);
    total += front[0];
    front = {};
    alloc.end_frame();
  }
  return total;
}
