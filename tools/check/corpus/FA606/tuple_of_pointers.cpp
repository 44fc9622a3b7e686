// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <tuple>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const auto made = std::make_tuple(alloc.frame_new<int>(1), 7);
  alloc.end_frame();
  return std::get<1>(made) + *std::get<0>(made);  // expect: FA606
}
