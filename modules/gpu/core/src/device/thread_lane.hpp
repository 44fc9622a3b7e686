// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads in lanes: what each thread would share with all others, it shares with those of its lane.
#pragma once

#include <framealloc/compiler.hpp>

namespace framealloc::gpu::detail {

inline constexpr unsigned kLanes = 8;

// Result: the lane of a thread that had none.
[[nodiscard]] unsigned choose_lane() noexcept;

extern constinit thread_local unsigned lane_of_this_thread FRAMEALLOC_TLS_MODEL;

// Result: below kLanes; of a thread always the same. Threads get lanes in turn, so eight that follow
// one another have different ones.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE unsigned thread_lane() noexcept {
  const unsigned lane = lane_of_this_thread;
  return lane != kLanes ? lane : choose_lane();
}

}  // namespace framealloc::gpu::detail
