// SPDX-License-Identifier: MIT OR Apache-2.0
// Takes one sample of one row: the median of a few quiet slices.
#pragma once

#include <cstddef>
#include <memory>

#include "case.hpp"

namespace bench {

struct SamplerOptions {
  double slice_ns = 200'000;  // long beside the clock, short beside the disturbances
  std::size_t slices = 5;     // quiet slices in a sample
  std::size_t attempts = 40;  // slices tried before a sample does with fewer
  bool only_quiet = true;     // false: every slice counts, for a look without the filter
};

struct Sample {
  double ns_per_op = 0;
  std::size_t quiet = 0;  // slices that the figure rests on; 0: none was quiet, the fastest stands
  std::size_t attempts = 0;
};

// A row with its state: built on the first sample, kept to the end, so that caches and heaps are as
// warm as in a running program.
class Sampler {
 public:
  Sampler(const Row& row, const SamplerOptions& options) : row_(row), options_(options) {}

  [[nodiscard]] Sample sample();
  [[nodiscard]] const Row& row() const { return row_; }

 private:
  void prepare();

  const Row& row_;
  const SamplerOptions& options_;
  std::unique_ptr<Case> case_;
  std::size_t rounds_ = 1;  // rounds in a slice
};

}  // namespace bench
