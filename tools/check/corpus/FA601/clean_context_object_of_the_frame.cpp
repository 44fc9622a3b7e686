// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

struct View {
  std::span<int> visible;
  int* camera = nullptr;
};
void gather(fa::SmartAlloc& alloc, View& view) {
  view.visible = alloc.frame_slice<int>(32);
  view.camera = alloc.frame_new<int>(0);
}
void draw(const View& view);

void frame(fa::SmartAlloc& alloc) {
  const auto guard = alloc.scoped_frame();
  View view;
  gather(alloc, view);
  draw(view);
}
void on_the_arena(fa::SmartAlloc& alloc) {
  const auto guard = alloc.scoped_frame();
  View* view = alloc.frame_new<View>();
  gather(alloc, *view);
  draw(*view);
}
