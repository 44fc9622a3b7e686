// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int simulate(int steps) {
  fa::SmartAlloc alloc(fa::AllocConfig::minimal());
  int sum = 0;
  for (int step = 0; step < steps; ++step) {  // expect: FA603
    int* cell = alloc.frame_alloc<int>();
    *cell = step;
    sum += *cell;
  }
  return sum;
}
