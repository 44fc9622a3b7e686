// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  static const int* last = nullptr;
  const int before = last != nullptr ? 1 : 0;
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  const int* view = cell + 0;
  const int* const alias = view;
  last = alias;  // expect: FA601
  return before;
}
