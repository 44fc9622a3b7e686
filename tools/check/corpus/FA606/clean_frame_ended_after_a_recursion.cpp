// SPDX-License-Identifier: MIT OR Apache-2.0
// Each turn of the recursion has a frame of its own; what is in the others is a number.
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int level(fa::SmartAlloc& alloc, int depth) {
  if (depth == 0) return 0;
  alloc.begin_frame();
  int* const mine = alloc.frame_new<int>(depth);
  const int number = *mine;
  alloc.end_frame();
  return number + level(alloc, depth - 1);
}
int run(fa::SmartAlloc& alloc) {
  const int sum = level(alloc, 3);
  alloc.begin_frame();
  const int* const bias = alloc.frame_new<int>(7);
  const int all = sum + *bias;
  alloc.end_frame();
  return all;
}
int tree(fa::SmartAlloc& alloc, int depth, bool last) {
  int* const mine = alloc.frame_new<int>(depth);
  const int number = *mine;
  if (depth > 0) return number + tree(alloc, depth - 1, last);
  if (last) alloc.end_frame();
  return number;
}
int both(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const int* const bias = alloc.frame_new<int>(7);
  const int first = tree(alloc, 3, false);
  const int second = *bias;
  return first + second + tree(alloc, 3, true);
}
