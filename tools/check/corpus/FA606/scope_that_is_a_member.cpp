// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class RenderPass {
 public:
  explicit RenderPass(fa::SmartAlloc& alloc) : alloc_(alloc), scope_(alloc.frame_scope()) {}
  int* reserve(std::size_t count) { return alloc_.frame_alloc_batch<int>(count); }

 private:
  fa::SmartAlloc& alloc_;
  fa::FrameScope scope_;
};
int draw(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* indices = nullptr;
  {
    RenderPass pass(alloc);
    indices = pass.reserve(32);
    indices[0] = 1;
  }
  return indices[0];  // expect: FA606
}
