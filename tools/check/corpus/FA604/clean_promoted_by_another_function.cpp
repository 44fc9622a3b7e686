// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

struct Path {
  int length = 0;
};
class Navigator {
 public:
  void frame(bool keep) {
    alloc_.begin_frame();
    auto path = alloc_.frame_retained<Path>(fa::RetentionPolicy::PromoteToHeap);
    if (path) path->length = 4;
    if (keep)
      kept_ = finish();
    else
      alloc_.end_frame();
  }

 private:
  std::size_t finish() {
    const fa::PromotionResult result = alloc_.end_frame_with_promotions();
    return result.promoted.size();
  }
  fa::SmartAlloc alloc_;
  std::size_t kept_ = 0;
};
void use(Navigator& navigator) { navigator.frame(true); }
