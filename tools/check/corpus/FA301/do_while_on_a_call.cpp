// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool again();
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  do {  // expect: FA301
    *alloc.frame_alloc<int>() = 1;
  } while (again());
}
