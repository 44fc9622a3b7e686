// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/annotations.hpp>
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct FRAMEALLOC_PER_FRAME FrameContext {
  int* visible = nullptr;
};
void cull(FrameContext& context, fa::SmartAlloc& alloc) {
  context.visible = alloc.frame_alloc_batch<int>(16);
  context.visible[0] = 1;
}
