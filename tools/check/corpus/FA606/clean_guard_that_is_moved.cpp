// SPDX-License-Identifier: MIT OR Apache-2.0
// The frame ends with the guard that has it in the end, not with the one that it was moved from.
#include <framealloc/framealloc.hpp>
#include <memory>
#include <utility>
namespace fa = framealloc;
struct Ender {
  void operator()(fa::SmartAlloc* alloc) const { alloc->end_frame(); }
};
using Frame = std::unique_ptr<fa::SmartAlloc, Ender>;
static Frame open(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  Frame frame(&alloc);
  return frame;
}
int draw(fa::SmartAlloc& alloc) {
  Frame whole;
  int* layers = nullptr;
  {
    Frame opened = open(alloc);
    layers = alloc.frame_alloc_batch<int>(8);
    layers[0] = 2;
    whole = std::move(opened);
  }
  return layers[0];
}
