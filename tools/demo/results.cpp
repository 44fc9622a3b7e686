// SPDX-License-Identifier: MIT OR Apache-2.0
#include "results.hpp"

#include <algorithm>

namespace fa_demo {

void summarise(SideResult& side) {
  side.times = percentiles_of(side.frame_nanoseconds);
  side.processor_times = percentiles_of(side.processor_nanoseconds);
  SteadyFacts& steady = side.steady;
  steady = SteadyFacts();
  const std::size_t first = side.frame_faults.size() / 2;
  for (std::size_t i = first; i < side.frame_faults.size(); ++i) {
    const std::uint64_t faults = side.frame_faults[i];
    ++steady.frames;
    steady.faults += static_cast<double>(faults);
    steady.most_faults = std::max(steady.most_faults, faults);
    if (faults != 0) ++steady.frames_with_faults;
  }
  if (steady.frames != 0) steady.faults /= static_cast<double>(steady.frames);

  for (std::size_t i = side.counted.size() / 2; i < side.counted.size(); ++i) {
    const CountedFrame& counted = side.counted[i];
    ++steady.counted_frames;
    const CallCounts& ours = counted.calls.of(Caller::Ours);
    steady.our_allocations += static_cast<double>(ours.allocations);
    steady.our_bytes += static_cast<double>(ours.bytes);
    steady.our_mappings += static_cast<double>(ours.mappings);
    steady.box2d_allocations += static_cast<double>(counted.calls.of(Caller::Box2d).allocations);
    steady.all_allocations += static_cast<double>(counted.calls.total().allocations);
    steady.physics_faults += static_cast<double>(counted.physics_faults);
  }
  if (steady.counted_frames != 0) {
    const auto count = static_cast<double>(steady.counted_frames);
    steady.our_allocations /= count;
    steady.our_bytes /= count;
    steady.our_mappings /= count;
    steady.box2d_allocations /= count;
    steady.all_allocations /= count;
    steady.physics_faults /= count;
  }
}

const CountedFrame* typical_frame(const SideResult& side) noexcept {
  return side.counted.empty() ? nullptr : &side.counted.back();
}

std::vector<std::string> steady_complaints(const RunResult& run, const SideResult& side) {
  std::vector<std::string> complaints;
  const auto expect_zero = [&complaints](double value, std::string_view what) {
    if (value > 0.0) complaints.push_back(std::to_string(value) + " " + std::string(what));
  };
  const SteadyFacts& steady = side.steady;
  if (!run.calls_counted) {
    complaints.emplace_back("calls of malloc cannot be counted in this build");
  } else if (steady.counted_frames == 0) {
    complaints.emplace_back("no frame was counted: the run was too short");
  }
  if (!run.faults_counted) complaints.emplace_back("page faults cannot be counted on this system");
  expect_zero(steady.our_allocations, "malloc calls by our code per steady frame");
  expect_zero(steady.our_mappings, "mmap/munmap/madvise/mprotect calls by our code per frame");
  expect_zero(steady.faults, "page faults per steady frame");
  if (!side.system_calls.measured) {
    complaints.push_back("system calls were not counted: " + side.system_calls.why_not);
  } else {
    expect_zero(static_cast<double>(side.system_calls.memory),
                "memory system calls in the traced frames");
    expect_zero(static_cast<double>(side.system_calls.futex),
                "futex calls outside the job hand-off in the traced frames");
  }
  return complaints;
}

}  // namespace fa_demo
