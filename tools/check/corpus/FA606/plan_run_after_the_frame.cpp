// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <vector>

namespace fa = framealloc;

class Plan {
 public:
  explicit Plan(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void add(int first) {
    auto steps = alloc_.frame_slice<int>(4);
    steps[0] = first;
    steps_.push_back(steps.span());
  }
  int run() {
    int sum = 0;
    for (const auto& steps : steps_) sum += steps.front();
    steps_.clear();
    return sum;
  }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<std::span<int>> steps_;
};
int follow(fa::SmartAlloc& alloc) {
  Plan plan(alloc);
  alloc.begin_frame();
  plan.add(1);
  plan.add(2);
  alloc.end_frame();
  return plan.run();  // expect: FA606
}
