// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
int drive(fa::SmartAlloc& alloc) {
  int sum = 0;
  while (running()) {  // expect: FA603
    sum += *alloc.frame_new<int>(1);
  }
  return sum;
}
int main() {
  fa::SmartAlloc alloc(fa::AllocConfig::minimal());
  return drive(alloc);
}
