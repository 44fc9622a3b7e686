// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int* g_latest = nullptr;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* value = alloc.frame_alloc<int>();
  *value = 1;
  g_latest = value;  // expect: FA601
}
