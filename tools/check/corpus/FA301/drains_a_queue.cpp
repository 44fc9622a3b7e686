// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool pop(int& item);
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int item = 0;
  while (pop(item)) {  // expect: FA301
    int* copy = alloc.frame_alloc<int>();
    *copy = item;
  }
}
