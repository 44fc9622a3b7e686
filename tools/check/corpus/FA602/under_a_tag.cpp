// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, int count) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    alloc.with_tag("hits", [&] {
      int* cell = alloc.frame_new<int>(i);  // expect: FA602
      sum += *cell;
    });
  }
  return sum;
}
