// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

struct Context {
  explicit Context(fa::SmartAlloc& alloc) : lines(alloc.frame_vec<int>(8)) {}  // expect: FA601
  fa::FrameVec<int> lines;
};
class Editor {
 public:
  explicit Editor(fa::SmartAlloc alloc) : alloc_(alloc) {}
  void frame() {
    alloc_.begin_frame();
    context_ = std::make_unique<Context>(alloc_);
    (void)context_->lines.push_back(1);
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  std::unique_ptr<Context> context_;
};
