// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
int run(fa::SmartAlloc& alloc, std::span<const int> ids) {
  const auto frame = alloc.scoped_frame();
  int sum = 0;
  for (const int id : ids) {
    Hit* hit = alloc.frame_alloc<Hit>();  // expect: FA602
    if (hit == nullptr) return sum;
    hit->id = id;
    sum += hit->id;
  }
  return sum;
}
