// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

struct Batch {
  std::span<const float> weights;
  int kind = 0;
};
float sum(const Batch& batch);
float run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  Batch batch{alloc.frame_slice<float>(4).span(), 1};
  const float before = sum(batch);
  alloc.end_frame();
  return before + batch.weights[0];  // expect: FA606
}
