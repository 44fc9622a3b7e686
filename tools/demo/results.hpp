// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "interposer.hpp"
#include "options.hpp"
#include "side.hpp"
#include "statistics.hpp"
#include "syscall_census.hpp"

namespace fa_demo {

/// A frame that was counted instead of timed.
struct CountedFrame {
  std::uint32_t frame = 0;  ///< its number, warm-up included
  CallCensus calls;
  std::uint64_t faults = 0;
  std::uint64_t physics_faults = 0;
  MemoryReport memory;
};

struct PhaseTotal {
  std::string name;
  std::vector<std::uint64_t> nanoseconds;  ///< of each timed frame
  std::uint64_t median = 0;
  double mean = 0.0;
};

/// What the child process with the seeded bug said.
struct BugReport {
  bool asked = false;   ///< --show-bug
  bool caught = false;  ///< guard mode Pages named the stale access
  std::string text;     ///< its report, or why there is none
};

/// What was measured in the steady frames: the second half of the frames that ran.
struct SteadyFacts {
  std::size_t frames = 0;          ///< over which page faults are known
  std::size_t counted_frames = 0;  ///< over which calls are known
  double our_allocations = 0.0;    ///< malloc calls by our code, mean per frame
  double our_bytes = 0.0;
  double box2d_allocations = 0.0;
  double all_allocations = 0.0;
  double our_mappings = 0.0;  ///< mmap, munmap, madvise, mprotect by our code
  double faults = 0.0;        ///< page faults of the whole process, mean per frame
  std::uint64_t most_faults = 0;
  double physics_faults = 0.0;  ///< of them inside b2World::Step
  std::size_t frames_with_faults = 0;
};

/// Everything that is known of one side.
struct SideResult {
  std::string name;
  std::vector<std::uint64_t> frame_nanoseconds;      ///< of the timed frames
  std::vector<std::uint64_t> processor_nanoseconds;  ///< of the driving thread, same frames
  std::vector<std::uint64_t> our_nanoseconds;        ///< the same frames without b2World::Step
  std::vector<std::uint64_t> frame_faults;           ///< of every frame after the warm-up
  std::vector<CountedFrame> counted;
  std::vector<PhaseTotal> phases;
  std::uint64_t checksum = 0;
  SceneCounts counts;
  FeatureUse features;
  SyscallCensus system_calls;

  Percentiles times;
  Percentiles our_times;
  Percentiles processor_times;
  SteadyFacts steady;
};

struct RunResult {
  Options options;
  std::vector<SideResult> sides;  ///< framealloc first where both ran
  bool interrupted = false;
  bool same_checksums = true;
  std::uint64_t different_at = 0;  ///< the frame at which the sides were seen to differ
  std::uint64_t frames_run = 0;    ///< timed frames on each side
  double seconds = 0.0;
  bool calls_counted = false;
  bool faults_counted = false;
  std::string trace_complaint;  ///< why the trace asked for is not there, or not whole
  std::string missing_side;     ///< why a side that was asked for did not run
  BugReport bug;

  const SideResult* side(std::string_view name) const noexcept {
    for (const SideResult& one : sides) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }
};

/// Fills `times` and `steady` from the raw figures.
void summarize(SideResult& side);

/// The last steady counted frame, or null.
const CountedFrame* typical_frame(const SideResult& side) noexcept;
/// The inspected frame that held the most memory, or null: what the memory tables show.
const CountedFrame* fullest_frame(const SideResult& side) noexcept;

/// p99.9 is worth showing from so many frames on: ten of them lie beyond it.
inline constexpr std::uint64_t kFramesForP999 = 10'000;

/// Differences of less, or of less than a microsecond, are called even: they change sign from run
/// to run.
inline constexpr double kEven = 1.05;
/// From so many times the best on, the slowest side is marked.
inline constexpr double kFarSlower = 1.5;

/// How the sides stand in one measurement of which less is better.
struct Standing {
  std::vector<bool> fastest;  ///< even with the best; empty when all are, or there is one side only
  std::size_t slowest = 0;    ///< place of the side that is marked; the number of sides for none
  std::string words;  ///< "framealloc by 1.22x", "malloc by 2.21x" (than framealloc), "even"

  bool is_fastest(std::size_t side) const { return !fastest.empty() && fastest[side]; }
};
Standing standing_of(const RunResult& run, const std::vector<std::uint64_t>& values);
/// Result: the medians of part number `part`, one for each side.
std::vector<std::uint64_t> medians_of_part(const RunResult& run, std::size_t part);

/// Whether a steady frame of this side is free of memory traffic by our code, with the reasons why
/// not. A figure that could not be measured is a reason too.
std::vector<std::string> steady_complaints(const RunResult& run, const SideResult& side);

}  // namespace fa_demo
