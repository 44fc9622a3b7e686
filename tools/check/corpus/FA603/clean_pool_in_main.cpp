// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
int main() {
  fa::SmartAlloc alloc;
  int sum = 0;
  while (running()) {
    const fa::PoolBox<int> box = alloc.pool_box<int>(1);
    sum += *box;
  }
  return sum;
}
