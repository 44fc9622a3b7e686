// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Body {
  float x = 0;
};
class Found {
 public:
  void take(fa::SmartAlloc& alloc) {
    first_ = alloc.frame_alloc_batch<Body>(8);  // expect: FA601
  }
  Body* first() { return first_; }

 private:
  Body* first_ = nullptr;
};
struct World {
  Found found;
};
void query(fa::SmartAlloc& alloc, World& world) {
  Found here;
  here.take(alloc);
  world.found.take(alloc);
}
