// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, bool quick) {
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; });
  if (!quick) worker.join();
  alloc.end_frame();  // expect: FA205
  if (quick) worker.join();
}
