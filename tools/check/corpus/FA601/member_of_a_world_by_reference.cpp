// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct World {
  const int* visible = nullptr;
  int count = 0;
};
void cull(World& world, fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* list = alloc.frame_alloc_batch<int>(16);
  list[0] = 1;
  world.visible = list;  // expect: FA601
  world.count = 1;
  alloc.end_frame();
}
