// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool wanted(int i);
int main() {
  fa::SmartAlloc alloc;
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int i = 0; i < 100; ++i) {
    if (!wanted(i)) continue;
    sum += *alloc.frame_new<int>(i);
  }
  return sum;
}
