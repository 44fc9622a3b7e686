// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

int add(const int* a, int b) { return *a + b; }

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const int* a = alloc.frame_new<int>(1);
  const auto plus = std::bind_front(&add, a);
  const int inside = plus(2);
  alloc.end_frame();
  return inside + plus(3);  // expect: FA606
}
