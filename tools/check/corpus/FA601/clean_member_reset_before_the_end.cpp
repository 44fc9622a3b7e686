// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Stage {
 public:
  explicit Stage(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int frame() {
    alloc_.begin_frame();
    items_ = alloc_.frame_alloc_batch<int>(8);
    items_[0] = 1;
    const int seen = items_[0];
    items_ = nullptr;
    alloc_.end_frame();
    return seen;
  }

 private:
  fa::SmartAlloc& alloc_;
  int* items_ = nullptr;
};
