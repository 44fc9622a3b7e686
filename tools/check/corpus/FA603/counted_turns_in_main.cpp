// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void tick(int* cell);
int main() {
  fa::SmartAlloc alloc;
  for (int i = 0; i < 1000; ++i) {  // expect: FA603
    int* cell = alloc.frame_alloc<int>();
    *cell = i;
    tick(cell);
  }
}
