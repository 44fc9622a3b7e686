// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Path {
  int cost = 0;
};
class Planner {
 public:
  explicit Planner(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int plan() {
    auto path = alloc_.frame_retained<Path>(fa::RetentionPolicy::PromoteToPool);  // expect: FA604
    path->cost = 3;
    return path->cost;
  }
  void begin() { alloc_.begin_frame(); }
  void end() { alloc_.end_frame(); }

 private:
  fa::SmartAlloc& alloc_;
};
