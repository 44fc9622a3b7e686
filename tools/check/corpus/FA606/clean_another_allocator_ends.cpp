// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& world, fa::SmartAlloc& audio) {
  world.begin_frame();
  audio.begin_frame();
  int* tile = world.frame_alloc<int>();
  *tile = 1;
  audio.end_frame();
  const int seen = *tile;
  world.end_frame();
  return seen;
}
