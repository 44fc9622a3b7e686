// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  std::jthread worker([alloc]() mutable {
    alloc.begin_thread_frame();
    int* mine = alloc.frame_alloc<int>();
    *mine = 1;
    alloc.end_thread_frame();
  });
}
