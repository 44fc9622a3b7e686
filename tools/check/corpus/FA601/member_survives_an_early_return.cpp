// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Solver {
 public:
  int step(bool paused) {
    alloc_.begin_frame();
    islands_ = alloc_.frame_slice<int>(16);  // expect: FA601
    if (paused) {
      alloc_.end_frame();
      return 0;
    }
    const int result = islands_[0];
    islands_ = {};
    alloc_.end_frame();
    return result;
  }

 private:
  fa::SmartAlloc alloc_;
  std::span<int> islands_;
};
int use(Solver& solver) { return solver.step(true); }
