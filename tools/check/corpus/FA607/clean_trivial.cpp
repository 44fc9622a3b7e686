// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Point {
  float x, y;
};
float run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Point* point = alloc.frame_alloc<Point>();
  point->x = 1.0F;
  return point->x;
}
