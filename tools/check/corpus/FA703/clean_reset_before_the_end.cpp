// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

class Pass {
 public:
  explicit Pass(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int frame() {
    alloc_.begin_frame();
    int* cell = alloc_.frame_alloc<int>();
    *cell = 1;
    work_ = [cell] { return *cell; };
    const int seen = work_();
    work_ = nullptr;
    alloc_.end_frame();
    return seen;
  }

 private:
  fa::SmartAlloc& alloc_;
  std::function<int()> work_;
};
