// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
struct Query {
  Hit* best = nullptr;
};
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto hit = alloc.frame_retained<Hit>(fa::RetentionPolicy::Discard);
  hit->id = 1;
  Query* query = alloc.frame_new<Query>();
  query->best = hit.get();
  return query->best->id;
}
