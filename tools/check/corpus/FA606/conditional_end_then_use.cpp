// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc, bool flush, bool late) {
  alloc.begin_frame();
  int* value = alloc.frame_new<int>(3);
  if (flush) {
    alloc.end_frame();
    alloc.begin_frame();
  }
  int result = 0;
  if (late) result = *value;  // expect: FA606
  alloc.end_frame();
  return result;
}
