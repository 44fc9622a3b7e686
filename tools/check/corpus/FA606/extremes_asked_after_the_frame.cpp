// SPDX-License-Identifier: MIT OR Apache-2.0
// The iterators of a result of several parts point into the frame.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>

namespace fa = framealloc;

struct Range {
  float low, high;
};
Range histogram(fa::SmartAlloc& alloc, std::span<const float> luminance) {
  alloc.begin_frame();
  auto bins = alloc.frame_slice<float>(64);
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = luminance[i];
  const auto [low, high] = std::minmax_element(bins.begin(), bins.end());
  alloc.end_frame();
  return {*low, 1.0F};  // expect: FA606
}
float brightest(fa::SmartAlloc& alloc, std::span<const float> luminance) {
  alloc.begin_frame();
  auto bins = alloc.frame_slice<float>(64);
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = luminance[i];
  const auto extremes = std::ranges::minmax_element(bins.span());
  alloc.end_frame();
  return *extremes.max;  // expect: FA606
}
