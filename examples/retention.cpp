// SPDX-License-Identifier: MIT OR Apache-2.0
// A query per frame: all hits are frame memory, and the few that matter are kept by promotion.
#include <framealloc/framealloc.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace fa = framealloc;
using namespace framealloc::literals;

struct Hit {
  int target = 0;
  float damage = 0;
  std::string what;
};

int main() {
  fa::SmartAlloc alloc;
  if (!alloc) return 1;
  fa::ScratchPool& level = alloc.scratch_pool("level", 64_KiB);
  std::vector<fa::PoolBox<Hit>> explosions;

  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();
    std::vector<fa::FrameRetained<Hit>> strong;
    for (int i = 0; i < 100; ++i) {
      const float damage = static_cast<float>((i * 37 + frame * 11) % 100);
      // Most hits end with the frame, a few start an explosion, and one in a hundred is kept for
      // the whole level.
      if (damage >= 99) {
        (void)alloc.frame_with_importance<Hit>(fa::Importance::Scratch("level"), i, damage,
                                               "a record");
      } else if (damage > 95) {
        strong.push_back(alloc.frame_retained<Hit>(fa::RetentionPolicy::PromoteToPool, i, damage,
                                                   "an explosion"));
      } else {
        (void)alloc.frame_new<Hit>(i, damage, "a scratch");
      }
    }
    fa::PromotionResult result = alloc.end_frame_with_promotions();
    for (const fa::FrameRetained<Hit>& hit : strong) {
      if (fa::PoolBox<Hit> kept = result.take(hit)) explosions.push_back(std::move(kept));
    }
    const fa::FrameSummary& summary = result.summary;
    std::printf("frame %llu: %zu B of hits, %zu kept in the pool, %zu in the level, %zu failed\n",
                static_cast<unsigned long long>(summary.frame_number), summary.frame_bytes,
                summary.promoted_pool_count, summary.promoted_scratch_count, summary.failed_count);
  }
  for (const fa::PoolBox<Hit>& hit : explosions) {
    std::printf("target %d: %s of %.0f\n", hit->target, hit->what.c_str(),
                static_cast<double>(hit->damage));
  }
  explosions.clear();
  level.reset();  // the records of the level end here
  return alloc.stats().pool_allocated == 0 ? 0 : 1;
}
