// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Stage {
 public:
  explicit Stage(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void frame(bool fast) {
    alloc_.begin_frame();
    items_ = alloc_.frame_alloc_batch<int>(8);  // expect: FA601
    items_[0] = 1;
    if (!fast) items_ = nullptr;
    alloc_.end_frame();
  }
  const int* items() const { return items_; }

 private:
  fa::SmartAlloc& alloc_;
  int* items_ = nullptr;
};
