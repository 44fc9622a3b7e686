// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int main() {
  fa::SmartAlloc alloc;
  int sum = 0;
  for (int i = 0; i < 3; ++i) sum += *alloc.frame_new<int>(i);
  return sum;
}
