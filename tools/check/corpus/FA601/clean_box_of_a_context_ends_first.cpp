// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

struct Context {
  explicit Context(fa::SmartAlloc& alloc) : lines(alloc.frame_vec<int>(8)) {}
  void note(fa::SmartAlloc& alloc, int line) {
    newest = alloc.frame_new<int>(line);
    (void)lines.push_back(line);
  }
  fa::FrameVec<int> lines;
  int* newest = nullptr;
};
class Editor {
 public:
  explicit Editor(fa::SmartAlloc alloc) : alloc_(alloc) {}
  void frame() {
    alloc_.begin_frame();
    context_ = std::make_unique<Context>(alloc_);
    context_->note(alloc_, 1);
    context_.reset();
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  std::unique_ptr<Context> context_;
};
