// SPDX-License-Identifier: MIT OR Apache-2.0
#include "sampler.hpp"

#include <algorithm>
#include <vector>

namespace bench {

void Sampler::prepare() {
  case_ = row_.make();
  // The fastest of a few runs, so that a disturbance here does not shorten every later slice.
  for (int i = 0; i < 3; ++i) case_->run(1);
  double fastest = 1e18;
  for (int i = 0; i < 5; ++i) fastest = std::min(fastest, case_->time(1).ns);
  rounds_ = std::max<std::size_t>(1, static_cast<std::size_t>(options_.slice_ns / fastest));
}

Sample Sampler::sample() {
  if (!case_) prepare();
  const double ops = static_cast<double>(rounds_ * row_.ops);
  // Other rows ran since the last sample: the first slice brings this one's memory back.
  double fastest = case_->time(rounds_).ns / ops;

  Sample result;
  std::vector<double> quiet;
  while (quiet.size() < options_.slices && result.attempts < options_.attempts) {
    ++result.attempts;
    const Slice slice = case_->time(rounds_);
    fastest = std::min(fastest, slice.ns / ops);
    if (slice.quiet || !options_.only_quiet) quiet.push_back(slice.ns / ops);
  }
  result.quiet = quiet.size();
  if (quiet.empty()) {
    result.ns_per_op = fastest;
    return result;
  }
  const auto middle = quiet.begin() + static_cast<std::ptrdiff_t>(quiet.size() / 2);
  std::nth_element(quiet.begin(), middle, quiet.end());
  result.ns_per_op = *middle;
  return result;
}

}  // namespace bench
