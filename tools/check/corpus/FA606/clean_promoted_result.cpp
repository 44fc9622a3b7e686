// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Result {
  int cost = 0;
};
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto best = alloc.frame_retained<Result>(fa::RetentionPolicy::PromoteToPool);
  if (best) best->cost = 3;
  fa::PromotionResult result = alloc.end_frame_with_promotions();
  const fa::PromotedBox<Result> kept = result.take(best);
  return kept ? kept->cost : 0;
}
