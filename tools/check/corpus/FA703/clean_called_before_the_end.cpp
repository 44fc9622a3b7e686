// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  const std::function<int()> query = [cell] { return *cell; };
  return query();
}
