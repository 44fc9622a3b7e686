// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Solver {
 public:
  explicit Solver(fa::SmartAlloc alloc) : alloc_(alloc) {}
  int step() {
    alloc_.begin_frame();
    islands_ = alloc_.frame_slice<int>(16);
    const int result = relax();
    islands_ = std::span<int>();
    alloc_.end_frame();
    return result;
  }

 private:
  int relax() {
    int total = 0;
    for (int& island : islands_) total += ++island;
    return total;
  }
  fa::SmartAlloc alloc_;
  std::span<int> islands_;
};
int use(Solver& solver) { return solver.step(); }
