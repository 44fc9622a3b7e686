// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

int sum(fa::SmartAlloc& alloc) {
  std::pair<int, int*> ends[4];
  const auto frame = alloc.scoped_frame();
  for (auto& each : ends) {
    each.second = alloc.frame_new<int>(2);
    each.first = *each.second;
  }
  return ends[0].first + *ends[3].second;
}
