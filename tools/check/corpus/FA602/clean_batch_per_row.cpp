// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, const std::vector<std::size_t>& widths) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (const std::size_t width : widths) {
    int* row = alloc.frame_alloc_batch<int>(width);
    for (std::size_t i = 0; i < width; ++i) row[i] = 1;
    sum += width > 0 ? row[0] : 0;
  }
  return sum;
}
