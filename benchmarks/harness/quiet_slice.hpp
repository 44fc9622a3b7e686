// SPDX-License-Identifier: MIT OR Apache-2.0
// Timing on a machine that is shared. Work that is bound by throughput runs either at full speed or
// up to two times slower, for milliseconds at a time, when something else uses the same core; a
// short loop of known length (the canary) right before and right after a slice tells which it was.
// A slice counts only when both canaries ran at full speed and the thread was not switched out.
#pragma once

#include <cstdint>

#include "case.hpp"

namespace bench {

// Effect: runs the canary. Result: true when it ran at full speed, i.e. within a tenth of the
// fastest run seen by this process. Thread contract: any thread.
[[nodiscard]] bool canary_at_full_speed();

// Effect: looks for the canary's full speed. Call once, before the first slice.
void calibrate_canary();

// Result: how often this thread was switched out so far, willingly or not.
[[nodiscard]] std::uint64_t context_switches();

// Result: nanoseconds of a clock that never goes back.
[[nodiscard]] std::uint64_t now_ns();

template <class Work>
[[nodiscard]] Slice quiet_slice(Work&& work) {
  const std::uint64_t switches = context_switches();
  const bool before = canary_at_full_speed();
  const std::uint64_t start = now_ns();
  work();
  const std::uint64_t stop = now_ns();
  const bool after = canary_at_full_speed();
  return {static_cast<double>(stop - start), before && after && context_switches() == switches};
}

}  // namespace bench
