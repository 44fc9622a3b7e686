// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto values = alloc.frame_slice<int>(64);
  std::thread worker([values] { values[0] = 1; });
  worker.join();
  const int seen = values[0];
  alloc.end_frame();
  return seen;
}
