// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <utility>

namespace fa = framealloc;

struct Sighting {
  int bodies = 0;
};
class Watch {
 public:
  int run(int bodies) {
    alloc_.begin_frame();
    for (auto& each : seen_)
      each = alloc_.frame_with_importance<Sighting>(importance(bodies), Sighting{bodies});
    fa::PromotionResult result = alloc_.end_frame_with_promotions();
    for (auto& each : seen_) box_ = result.take(each);
    return kept();
  }

 private:
  static fa::Importance importance(int bodies) {
    return bodies > 3 ? fa::Importance::Reusable : fa::Importance::Ephemeral;
  }
  int kept() {
    int count = 0;
    for (auto& each : seen_) {
      each = {};
    }
    return count;
  }
  fa::SmartAlloc alloc_;
  std::array<fa::FrameRetained<Sighting>, 4> seen_;
  fa::PoolBox<Sighting> box_;
};
