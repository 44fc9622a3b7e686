// SPDX-License-Identifier: MIT OR Apache-2.0
// The interface for reading an allocator's counters when a frame of all threads has ended.
#pragma once

namespace framealloc::detail {

// Implemented above the allocators, which know no more of it than this. While there is one, frames
// begin and end the long way; nothing else changes.
class FrameWatcher {
 public:
  // Called on the driving thread after the frame, with no lock held: it may report.
  virtual void on_frame_end() noexcept = 0;

 protected:
  ~FrameWatcher() = default;
};

}  // namespace framealloc::detail
