// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  alloc.with_tag("ai", [cell] { *cell = 1; });
  return *cell;
}
