// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <utility>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  std::span<int> front;
  std::span<int> back;
  int total = 0;
  for (int i = 0; i < 10; ++i) {
    alloc.begin_frame();
    back = alloc.frame_slice<int>(4);
    back[0] = i;
    if (!front.empty()) total += front[0];  // expect: FA606
    std::swap(front, back);
    alloc.end_frame();
  }
  return total;
}
