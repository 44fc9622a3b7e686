// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const std::function<void()> finish = [&alloc] { alloc.end_frame(); };
  alloc.begin_frame();
  int* value = alloc.frame_new<int>(2);
  finish();
  return *value;  // expect: FA606
}
