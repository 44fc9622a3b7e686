// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Counters {
  int drawn = 0;
  const int* order = nullptr;
};
Counters& counters();
void draw(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  int* order = alloc.frame_alloc_batch<int>(8);
  order[0] = 3;
  counters().order = order;
  counters().drawn += *counters().order;
  counters().order = nullptr;
}
