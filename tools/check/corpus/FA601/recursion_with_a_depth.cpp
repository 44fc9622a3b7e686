// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Walk {
 public:
  explicit Walk(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int run(int depth) {
    alloc_.begin_frame();
    return level(depth);
  }

 private:
  int level(int depth) {
    row_ = alloc_.frame_slice<int>(8).span();  // expect: FA601
    row_[0] = depth;
    const int first = row_[0];
    if (depth > 0) return first + level(depth - 1);
    alloc_.end_frame();
    return first;
  }

  fa::SmartAlloc& alloc_;
  std::span<int> row_;
};
