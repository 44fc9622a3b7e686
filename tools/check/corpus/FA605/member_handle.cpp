// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
class Tracker {
 public:
  void track(fa::SmartAlloc& alloc) {
    last_ = alloc.frame_with_importance<Hit>(fa::Importance::Ephemeral);  // expect: FA605
    last_->id = 1;
  }

 private:
  fa::FrameRetained<Hit> last_;
};
