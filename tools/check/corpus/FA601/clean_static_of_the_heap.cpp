// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int* table(fa::SmartAlloc& alloc) {
  static int* made = nullptr;
  if (made == nullptr) made = alloc.heap_alloc<int>(256);
  const auto frame = alloc.scoped_frame();
  int* scratch = alloc.frame_alloc<int>();
  *scratch = 0;
  made[0] = *scratch;
  return made;
}
