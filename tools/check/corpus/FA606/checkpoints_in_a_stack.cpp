// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

class Solver {
 public:
  explicit Solver(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int* guess(int value) {
    marks_.push_back(alloc_.frame_checkpoint());
    return alloc_.frame_new<int>(value);
  }
  void undo() {
    alloc_.rollback_to(marks_.back());
    marks_.pop_back();
  }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<fa::FrameCheckpoint> marks_;
};
int search(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Solver solver(alloc);
  const int* first = solver.guess(1);
  if (*first > 0) solver.undo();
  return *first;  // expect: FA606
}
