// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
int main() {
  fa::SmartAlloc alloc;
  alloc.begin_frame();
  *alloc.frame_alloc<int>() = 1;
  int turns = 0;
  while (running()) ++turns;
  alloc.end_frame();
  return turns;
}
