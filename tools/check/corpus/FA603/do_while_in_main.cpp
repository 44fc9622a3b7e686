// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool tick(int* cell);
int main() {
  fa::SmartAlloc alloc;
  int* cell = nullptr;
  do {  // expect: FA603
    cell = alloc.frame_new<int>(1);
  } while (tick(cell));
}
