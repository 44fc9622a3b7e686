// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
void run(fa::SmartAlloc& alloc) {
  while (running()) {
    const auto frame = alloc.scoped_frame();
    *alloc.frame_alloc<int>() = 1;
  }
}
