// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool pop(int& item);
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* copy = alloc.frame_alloc<int>();
  while (pop(*copy)) {
    *copy += 1;
  }
}
