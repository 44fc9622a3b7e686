// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

std::span<float> run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::span<float> weights = alloc.frame_slice<float>(8);
  weights[0] = 1.0F;
  alloc.end_frame();
  return weights;  // expect: FA601
}
