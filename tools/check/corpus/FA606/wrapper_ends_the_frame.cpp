// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

namespace engine {
void finish(fa::SmartAlloc& alloc) { alloc.end_frame(); }
void after(fa::SmartAlloc& alloc) { finish(alloc); }
}  // namespace engine
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* depth = alloc.frame_alloc<int>();
  *depth = 3;
  engine::after(alloc);
  return *depth;  // expect: FA606
}
