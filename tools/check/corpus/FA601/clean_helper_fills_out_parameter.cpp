// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void make(fa::SmartAlloc& alloc, int** out) {
  *out = alloc.frame_alloc<int>();
  **out = 1;
}
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = nullptr;
  make(alloc, &cell);
  return *cell;
}
