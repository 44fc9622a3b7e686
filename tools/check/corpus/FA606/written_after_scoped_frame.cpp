// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Ray {
  float x, y;
};
void run(fa::SmartAlloc& alloc) {
  Ray* ray = nullptr;
  {
    const auto frame = alloc.scoped_frame();
    ray = alloc.frame_new<Ray>();
    ray->x = 1.0F;
  }
  ray->y = 2.0F;  // expect: FA606
}
