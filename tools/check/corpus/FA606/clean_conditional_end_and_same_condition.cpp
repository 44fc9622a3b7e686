// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, bool flush) {
  alloc.begin_frame();
  int* value = alloc.frame_new<int>(3);
  int result = *value;
  if (flush) {
    alloc.end_frame();
    alloc.begin_frame();
    value = alloc.frame_new<int>(4);
  }
  result += *value;
  if (!flush) result += *value;
  alloc.end_frame();
  return result;
}
