// SPDX-License-Identifier: MIT OR Apache-2.0
// Analyzing units, each in a process of its own: one that crashes or hangs takes nothing else down.
#pragma once

#include "checks/analyze.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fa_check {

struct WorkerOutcome {
  enum class Kind { Done, Crashed, TimedOut } kind = Kind::Done;
  UnitResult result;   // of Done
  std::string reason;  // of the others
  std::uint64_t ms = 0;
};

struct WorkerJob {
  UnitInput input;
  unsigned timeout_s = 300;
};

// Effect: analyzes all jobs, at most `at_once` at a time, and hands each outcome over as soon as it
// is there, together with its place in `jobs`. Ends early when `take` answers false; jobs that run
// then are ended. Requirement: the calling process has one thread.
void run_workers(const std::vector<WorkerJob>& jobs, unsigned at_once,
                 const std::function<bool(std::size_t, WorkerOutcome&&)>& take);

// Clang refuses a whole command for one option that only another compiler knows. Such options say how
// code is made, not what it means: they are left out. Result: whether there was one.
[[nodiscard]] bool drop_unknown(const std::vector<std::string>& errors,
                                std::vector<std::string>& arguments);

// The side of a child process: analyzes the unit, writes its record (unit_record.hpp) into the pipe,
// and ends the process. What the compiler prints goes nowhere.
[[noreturn]] void analyze_into(const UnitInput& input, int pipe);

}  // namespace fa_check
