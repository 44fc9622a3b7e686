// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, std::vector<int>& open) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  while (!open.empty()) {  // expect: FA301
    const int item = open.back();
    open.pop_back();
    int* node = alloc.frame_new<int>(item);
    if (*node % 2 == 1) open.push_back(*node * 3 + 1);
    sum += *node;
  }
  return sum;
}
