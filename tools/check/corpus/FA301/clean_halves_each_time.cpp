// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, unsigned n) {
  const auto frame = alloc.scoped_frame();
  int bits = 0;
  while (n > 1) {
    *alloc.frame_alloc<unsigned>() = n;
    n /= 2;
    ++bits;
  }
  return bits;
}
