// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

struct Path {
  int length = 0;
};
class Navigator {
 public:
  void frame() {
    alloc_.begin_frame();
    plan();
    alloc_.end_frame();
  }

 private:
  void plan() {
    auto path = alloc_.frame_retained<Path>(fa::RetentionPolicy::PromoteToHeap);  // expect: FA604
    if (path) path->length = 4;
  }
  fa::SmartAlloc alloc_;
};
void use(Navigator& navigator) { navigator.frame(); }
