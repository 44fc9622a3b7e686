// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; });
  worker.join();
  alloc.end_frame();
}
