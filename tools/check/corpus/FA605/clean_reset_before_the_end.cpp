// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
class Tracker {
 public:
  explicit Tracker(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int frame() {
    alloc_.begin_frame();
    last_ = alloc_.frame_retained<Hit>(fa::RetentionPolicy::Discard);
    last_->id = 1;
    const int id = last_->id;
    last_ = nullptr;
    alloc_.end_frame();
    return id;
  }

 private:
  fa::SmartAlloc& alloc_;
  fa::FrameRetained<Hit> last_;
};
