// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fa_demo {

/// The usual points of a set of frame times, in nanoseconds, by nearest rank.
struct Percentiles {
  std::uint64_t p50 = 0;
  std::uint64_t p99 = 0;
  std::uint64_t p999 = 0;
  std::uint64_t max = 0;
  double mean = 0.0;
};

Percentiles percentiles_of(std::span<const std::uint64_t> values);

/// Counts of values in equal steps from `low` to `high`; what lies outside goes into the first or
/// the last step.
std::vector<std::size_t> histogram_of(std::span<const std::uint64_t> values, std::uint64_t low,
                                      std::uint64_t high, std::size_t steps);

}  // namespace fa_demo
