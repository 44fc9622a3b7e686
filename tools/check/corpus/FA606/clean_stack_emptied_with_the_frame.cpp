// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int frames) {
  std::vector<int*> stack;
  int total = 0;
  while (frames-- > 0) {
    alloc.begin_frame();
    stack.push_back(alloc.frame_new<int>(frames));
    stack.push_back(alloc.frame_new<int>(1));
    while (!stack.empty()) {
      total += *stack.back();
      stack.pop_back();
    }
    alloc.end_frame();
  }
  return total;
}
