// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

template <class F>
void stage(fa::SmartAlloc& alloc, F&& work) {
  alloc.begin_frame();
  work();
  alloc.end_frame();
}
int run(fa::SmartAlloc& alloc) {
  int* kept = nullptr;
  stage(alloc, [&] {
    kept = alloc.frame_alloc<int>();
    *kept = 1;
  });
  return *kept;  // expect: FA606
}
