// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool pop(int& item);
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int taken = 0;
  for (;;) {
    int item = 0;
    if (taken >= 32 || !pop(item)) break;
    *alloc.frame_alloc<int>() = item;
    ++taken;
  }
  return taken;
}
