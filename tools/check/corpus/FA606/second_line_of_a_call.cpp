// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

void draw(int layer, const int& color);
void run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* color = alloc.frame_alloc<int>();
  *color = 0xFF;
  draw(0, *color);
  alloc.end_frame();
  draw(1,
       // The color of the frame before.
       *color);  // expect: FA606
}
