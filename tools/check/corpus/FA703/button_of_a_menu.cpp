// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <utility>

namespace fa = framealloc;

struct Button {
  std::function<void(int)> pressed;
};
struct Menu {
  Button start;
};
struct Layout {
  int x = 0;
};
void build(fa::SmartAlloc& alloc, Menu& menu) {
  auto layout = alloc.frame_box<Layout>();
  Layout& at = *layout;
  menu.start.pressed = [&at](int dx) { at.x += dx; };  // expect: FA703
}
