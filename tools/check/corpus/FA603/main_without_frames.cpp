// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
int main() {
  fa::SmartAlloc alloc;
  int sum = 0;
  while (running()) {  // expect: FA603
    int* cell = alloc.frame_alloc<int>();
    *cell = 1;
    sum += *cell;
  }
  return sum;
}
