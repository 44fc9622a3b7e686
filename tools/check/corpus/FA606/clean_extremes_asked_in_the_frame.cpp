// SPDX-License-Identifier: MIT OR Apache-2.0
// The extremes are values, or are asked for their values in time.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>

namespace fa = framealloc;

struct Range {
  float low, high;
};
Range histogram(fa::SmartAlloc& alloc, std::span<const float> luminance) {
  if (luminance.empty()) return {};
  alloc.begin_frame();
  auto bins = alloc.frame_slice<float>(luminance.size());
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = luminance[i];
  const auto [low, high] = std::minmax_element(bins.begin(), bins.end());
  const Range range{*low, *high};
  alloc.end_frame();
  return range;
}
float spread(fa::SmartAlloc& alloc, std::span<const float> luminance) {
  if (luminance.empty()) return {};
  alloc.begin_frame();
  auto bins = alloc.frame_slice<float>(luminance.size());
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = luminance[i];
  const auto extremes = std::ranges::minmax(bins.span());
  alloc.end_frame();
  return extremes.max - extremes.min;
}
std::size_t bins_after_the_copied(fa::SmartAlloc& alloc, std::span<const float> luminance) {
  if (luminance.empty()) return {};
  alloc.begin_frame();
  auto bins = alloc.frame_slice<float>(luminance.size());
  const auto copied = std::ranges::copy(luminance, bins.begin());
  alloc.end_frame();
  return static_cast<std::size_t>(luminance.end() - copied.in);
}
