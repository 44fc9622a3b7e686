// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto prices = alloc.frame_map<int, int>(8);
  prices.insert(1, 30);
  const auto apple = prices.find(1);
  const bool known = apple != prices.end();
  alloc.end_frame();
  return known ? apple->second : 0;  // expect: FA606
}
