// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Ray {
  float length = 0;
};
class Tracer {
 public:
  explicit Tracer(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  float trace(int rays) {
    float sum = 0;
    for (int i = 0; i < rays; ++i) {
      Ray* ray = alloc_.frame_alloc<Ray>();  // expect: FA602
      ray->length = 1.0F;
      sum += ray->length;
    }
    return sum;
  }

 private:
  fa::SmartAlloc& alloc_;
};
