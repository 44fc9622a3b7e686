// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Transform {
  float x = 0;
};
struct Draw {
  const Transform& transform;
  int material;
};
float run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const Draw draw{*alloc.frame_new<Transform>(), 3};
  const float before = draw.transform.x;
  alloc.end_frame();
  return before + draw.transform.x;  // expect: FA606
}
