// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool next();
void run(fa::SmartAlloc& alloc) {
  for (;;) {  // expect: FA301
    if (!next()) break;
    *alloc.frame_alloc<int>() = 1;
  }
}
