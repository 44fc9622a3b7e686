// SPDX-License-Identifier: MIT OR Apache-2.0
// What is said of an access to frame memory that is over.
#pragma once

#include <framealloc/detail/arena/frame_guard.hpp>

namespace framealloc::detail {

// Effect: accesses to memory that `guard` keeps inaccessible are reported to standard error before
// the program ends of them. Thread contract: any thread.
void watch_frames(FrameGuard& guard) noexcept;
void unwatch_frames(FrameGuard& guard) noexcept;

}  // namespace framealloc::detail
