// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto task = std::async(std::launch::async, [&] { *alloc.frame_alloc<int>() = 1; });
  task.wait();
  alloc.end_frame();
}
