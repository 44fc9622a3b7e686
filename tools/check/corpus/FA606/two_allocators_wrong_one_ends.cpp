// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run() {
  fa::SmartAlloc physics = fa::SmartAlloc::with_defaults();
  fa::SmartAlloc render = fa::SmartAlloc::with_defaults();
  physics.begin_frame();
  render.begin_frame();
  int* contact = physics.frame_new<int>(1);
  int* draw = render.frame_new<int>(2);
  physics.end_frame();
  int total = *draw;
  total += *contact;  // expect: FA606
  render.end_frame();
  return total;
}
