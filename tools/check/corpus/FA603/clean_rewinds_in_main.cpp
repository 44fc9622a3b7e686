// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
int main() {
  fa::SmartAlloc alloc;
  int sum = 0;
  while (running()) {
    const auto scope = alloc.frame_scope();
    sum += *alloc.frame_new<int>(1);
  }
  return sum;
}
