// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int i = 0; i < 4; ++i) {
    int* corner = alloc.frame_alloc<int>();
    *corner = i;
    sum += *corner;
  }
  return sum;
}
