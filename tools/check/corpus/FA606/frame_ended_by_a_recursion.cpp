// SPDX-License-Identifier: MIT OR Apache-2.0
// The leaf of a recursion ends the frame: what the turns around it have is stale when they go on.
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int level(fa::SmartAlloc& alloc, int depth) {
  if (depth == 0) {
    alloc.end_frame();
    return 0;
  }
  int* const mine = alloc.frame_new<int>(depth);
  const int rest = level(alloc, depth - 1);
  return rest + *mine;  // expect: FA606
}
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const int* const bias = alloc.frame_new<int>(7);
  const int sum = level(alloc, 3);
  return sum + *bias;  // expect: FA606
}
