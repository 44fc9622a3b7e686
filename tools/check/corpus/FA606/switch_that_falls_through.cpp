// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

enum class Mode { Menu, Play };
int run(fa::SmartAlloc& alloc, Mode mode) {
  alloc.begin_frame();
  int* lives = alloc.frame_alloc<int>();
  *lives = 3;
  int shown = 0;
  switch (mode) {
    case Mode::Menu:
      alloc.end_frame();
      [[fallthrough]];
    case Mode::Play:
      shown = *lives;  // expect: FA606
      break;
  }
  if (mode != Mode::Menu) alloc.end_frame();
  return shown;
}
