// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, std::vector<int>& open) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  while (!open.empty()) {
    sum += *alloc.frame_new<int>(open.back());
    open.pop_back();
  }
  return sum;
}
