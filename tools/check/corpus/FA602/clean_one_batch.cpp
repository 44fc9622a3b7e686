// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  int* cells = alloc.frame_alloc_batch<int>(count);
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    cells[i] = static_cast<int>(i);
    sum += cells[i];
  }
  return sum;
}
