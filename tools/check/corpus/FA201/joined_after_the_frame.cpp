// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto values = alloc.frame_slice<int>(64);
  std::thread worker([values] { values[0] = 1; });  // expect: FA201
  alloc.end_frame();
  worker.join();
}
