// SPDX-License-Identifier: MIT OR Apache-2.0
// A guard that was told to leave the frame alone.
#include <framealloc/framealloc.hpp>
#include <memory>
namespace fa = framealloc;
struct Ender {
  void operator()(fa::SmartAlloc* alloc) const { alloc->end_frame(); }
};
int draw(fa::SmartAlloc& alloc, bool keep) {
  alloc.begin_frame();
  int* layers = nullptr;
  {
    std::unique_ptr<fa::SmartAlloc, Ender> frame(&alloc);
    layers = alloc.frame_alloc_batch<int>(8);
    layers[0] = 2;
    if (!keep) return 0;
    (void)frame.release();
  }
  const int first = layers[0];
  alloc.end_frame();
  return first;
}
