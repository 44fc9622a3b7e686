// SPDX-License-Identifier: MIT OR Apache-2.0
#include "results.hpp"

#include <algorithm>

#include "format.hpp"

namespace fa_demo {

void summarize(SideResult& side) {
  side.times = percentiles_of(side.frame_nanoseconds);
  side.processor_times = percentiles_of(side.processor_nanoseconds);
  side.our_times = percentiles_of(side.our_nanoseconds);
  for (PhaseTotal& phase : side.phases) {
    const Percentiles times = percentiles_of(phase.nanoseconds);
    phase.median = times.p50;
    phase.mean = times.mean;
  }
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

const CountedFrame* fullest_frame(const SideResult& side) noexcept {
  const auto held = [](const CountedFrame& frame) {
    return frame.memory.frame_bytes + frame.memory.pool_bytes + frame.memory.heap_bytes;
  };
  const CountedFrame* fullest = nullptr;
  for (const CountedFrame& frame : side.counted) {
    if (!frame.memory.known) continue;
    if (fullest == nullptr || held(frame) > held(*fullest)) fullest = &frame;
  }
  return fullest;
}

Standing standing_of(const RunResult& run, const std::vector<std::uint64_t>& values) {
  Standing standing;
  standing.slowest = values.size();
  if (values.size() < 2) return standing;
  const auto best =
      static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
  const auto worst =
      static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
  const auto times_best = [&](std::size_t side) {
    return static_cast<double>(values[side]) /
           static_cast<double>(std::max<std::uint64_t>(values[best], 1));
  };
  std::size_t others = 0, next = values.size();  // those that are slower, and the fastest of them
  std::vector<bool> fastest(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    fastest[i] = times_best(i) < kEven || values[i] - values[best] < 1000;
    if (fastest[i]) continue;
    ++others;
    if (next == values.size() || values[i] < values[next]) next = i;
  }
  standing.words = "even";
  if (others == 0) return standing;
  standing.fastest = fastest;
  if (!fastest[worst] && times_best(worst) >= kFarSlower) standing.slowest = worst;
  // The comparison that people look for: framealloc with the best of the others.
  const SideResult* const ours = run.side("framealloc");
  const auto our_place = ours == nullptr ? best : static_cast<std::size_t>(ours - run.sides.data());
  std::string names;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (fastest[i]) names += concat(names.empty() ? "" : " and ", side_title(run.sides[i].name));
  }
  const bool alone = others + 1 == values.size();
  if (!fastest[our_place]) {
    standing.words = concat(names, " by ", fixed(times_best(our_place), 2), "x");
  } else {
    standing.words = alone ? concat(names, " by ", fixed(times_best(next), 2), "x") : names;
  }
  return standing;
}

std::vector<std::uint64_t> medians_of_part(const RunResult& run, std::size_t part) {
  std::vector<std::uint64_t> medians;
  for (const SideResult& side : run.sides) {
    medians.push_back(part < side.phases.size() ? side.phases[part].median : 0);
  }
  return medians;
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
