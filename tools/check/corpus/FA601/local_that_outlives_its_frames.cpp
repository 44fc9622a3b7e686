// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Body {
  float x = 0;
};
class Nearest {
 public:
  void take(fa::SmartAlloc& alloc) {
    first_ = alloc.frame_alloc_batch<Body>(8);  // expect: FA601
  }

 private:
  Body* first_ = nullptr;
};
void play(fa::SmartAlloc& alloc) {
  Nearest nearest;
  for (int i = 0; i < 3; ++i) {
    alloc.begin_frame();
    nearest.take(alloc);
    alloc.end_frame();
  }
}
