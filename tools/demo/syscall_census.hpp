// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fa_demo {

struct Options;

/// The system calls of all threads of one side in a run of steady frames, as the kernel saw them.
struct SyscallCensus {
  bool measured = false;
  std::string why_not;  ///< set when not measured
  std::uint32_t frames = 0;
  std::uint64_t memory = 0;    ///< mmap, munmap, mremap, brk, madvise, mprotect
  std::uint64_t futex = 0;     ///< futex calls that are not the job threads' hand-off
  std::uint64_t hand_off = 0;  ///< calls marked as the job threads' waiting and waking
  std::uint64_t other = 0;
  std::vector<std::pair<std::string, std::uint64_t>> by_name;  ///< every unmarked call
};

/// Runs `side` (a name of all_sides()) in a child process under ptrace: the options' warm-up
/// first, then kTracedFrames frames whose system calls are counted.
///
/// The child is a fresh run of this program, since the counting needs every thread from its birth.
/// Nothing is timed there: a traced process is slow.
SyscallCensus trace_side(const Options& options, std::string_view side);

inline constexpr std::uint32_t kTracedFrames = 60;

/// In the child: tells the tracer that the frames to count begin or end.
void mark_traced_frames_begin() noexcept;
void mark_traced_frames_end() noexcept;

}  // namespace fa_demo
