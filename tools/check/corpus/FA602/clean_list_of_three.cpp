// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <initializer_list>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (const int id : {1, 2, 3}) {
    int* cell = alloc.frame_new<int>(id);
    sum += *cell;
  }
  return sum;
}
