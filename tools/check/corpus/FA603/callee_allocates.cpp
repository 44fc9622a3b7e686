// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
int think(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  return *cell;
}
int main() {
  fa::SmartAlloc alloc;
  int sum = 0;
  while (running()) {  // expect: FA603
    sum += think(alloc);
  }
  return sum;
}
