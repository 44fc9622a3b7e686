// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool pop(int& item);
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int item = 0;
  int taken = 0;
  while (taken < 16 && pop(item)) {
    ++taken;
    if (item > 2) *alloc.frame_alloc<int>() = item;
  }
}
