// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool tick(int* cell);
int main() {
  fa::SmartAlloc alloc;
  for (;;) {  // expect: FA603
    int* cell = alloc.frame_alloc<int>();
    *cell = 1;
    if (!tick(cell)) break;
  }
}
