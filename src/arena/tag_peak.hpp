// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/detail/account/ledger.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Effect: a run of a tag, which is about to be made shorter, has reached `pending` bytes in the frame
// of `clock`; what it held at most is not forgotten. Thread contract: the arena's.
inline void note_tag_peak(TagCounters& counters, std::size_t cell, std::uint64_t clock,
                          std::size_t pending) noexcept {
  const TagCounters::FrameCell& frame = counters.frames[cell];
  const std::size_t held = (frame.clock.get() == clock ? frame.bytes.get() : 0) + pending;
  if (held > counters.frame_bytes_peak.get()) counters.frame_bytes_peak.set(held);
}

}  // namespace framealloc::detail
