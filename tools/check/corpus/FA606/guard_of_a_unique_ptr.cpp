// SPDX-License-Identifier: MIT OR Apache-2.0
// A scope guard made of unique_ptr ends the frame when it is reset.
#include <framealloc/framealloc.hpp>
#include <memory>
namespace fa = framealloc;
struct Ender {
  void operator()(fa::SmartAlloc* alloc) const { alloc->end_frame(); }
};
struct Sprite {
  float u, v;
  int layer;
};
int draw(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::unique_ptr<fa::SmartAlloc, Ender> frame(&alloc);
  auto sprites = alloc.frame_slice<Sprite>(32);
  sprites[0].layer = 2;
  frame.reset();
  return sprites[0].layer;  // expect: FA606
}
