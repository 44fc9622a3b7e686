// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, fa::SmartAlloc& other) {
  other.begin_frame();
  alloc.begin_frame();
  std::thread worker([&] { *other.frame_alloc<int>() = 1; });
  alloc.end_frame();
  worker.join();
  other.end_frame();
}
