// SPDX-License-Identifier: MIT OR Apache-2.0
#include "statistics.hpp"

#include <algorithm>
#include <cmath>

namespace fa_demo {

Percentiles percentiles_of(std::span<const std::uint64_t> values) {
  Percentiles result;
  if (values.empty()) return result;
  std::vector<std::uint64_t> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto rank = [&sorted](double share) {
    const auto position =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(position, 1, sorted.size()) - 1];
  };
  result.p50 = rank(0.50);
  result.p99 = rank(0.99);
  result.p999 = rank(0.999);
  result.max = sorted.back();
  double sum = 0.0;
  for (const std::uint64_t value : sorted) sum += static_cast<double>(value);
  result.mean = sum / static_cast<double>(sorted.size());
  return result;
}

std::vector<std::size_t> histogram_of(std::span<const std::uint64_t> values, std::uint64_t low,
                                      std::uint64_t high, std::size_t steps) {
  std::vector<std::size_t> counts(steps, 0);
  if (steps == 0 || high <= low) return counts;
  for (const std::uint64_t value : values) {
    const std::uint64_t inside = std::clamp(value, low, high - 1) - low;
    ++counts[static_cast<std::size_t>(static_cast<double>(inside) * static_cast<double>(steps) /
                                      static_cast<double>(high - low))];
  }
  return counts;
}

}  // namespace fa_demo
