// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, const std::atomic<bool>& running) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  while (running.load()) {  // expect: FA301
    sum += *alloc.frame_new<int>(1);
  }
  return sum;
}
