// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, std::vector<int>& open) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    int* cell = alloc.frame_new<int>(open[i]);
    if (*cell > 0) open.push_back(*cell - 1);
    sum += *cell;
  }
  return sum;
}
