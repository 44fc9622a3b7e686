// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  std::jthread worker;
  {
    const auto frame = alloc.scoped_frame();
    int* cell = alloc.frame_alloc<int>();
    *cell = 0;
    worker = std::jthread([cell] { *cell = 1; });  // expect: FA201
  }
}
