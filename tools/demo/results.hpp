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
  double mean_nanoseconds = 0.0;
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
  std::vector<std::uint64_t> frame_faults;           ///< of every frame after the warm-up
  std::vector<CountedFrame> counted;
  std::vector<PhaseTotal> phases;
  std::uint64_t checksum = 0;
  SceneCounts counts;
  FeatureUse features;
  SyscallCensus system_calls;

  Percentiles times;
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

  const SideResult* side(std::string_view name) const noexcept {
    for (const SideResult& one : sides) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }
};

/// Fills `times` and `steady` from the raw figures.
void summarise(SideResult& side);

/// The last steady counted frame, or null: what the memory tables show.
const CountedFrame* typical_frame(const SideResult& side) noexcept;

/// Whether a steady frame of this side is free of memory traffic by our code, with the reasons why
/// not. A figure that could not be measured is a reason too.
std::vector<std::string> steady_complaints(const RunResult& run, const SideResult& side);

}  // namespace fa_demo
