// SPDX-License-Identifier: MIT OR Apache-2.0
// The last frames in figures.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace framealloc {

/// One frame of all threads that has ended. Sizes in bytes.
struct FrameRecord {
  std::uint64_t frame_number = 0;
  std::uint64_t end_ns = 0;  ///< of the monotonic clock
  std::uint64_t duration_us = 0;
  std::size_t total_allocated = 0;  ///< frame memory held at the frame's end
  std::size_t peak_memory = 0;      ///< most frame memory held at once
  std::size_t bytes_in_use = 0;     ///< frame, pool and heap, at its end
  std::size_t reserved = 0;         ///< from the source, at its end
};

/// Since tracking was enabled. Sizes in bytes.
struct FRAMEALLOC_API LifecycleSummary {
  std::size_t thread_count = 0;
  std::uint64_t total_frames = 0;
  std::size_t total_allocated = 0;  ///< by all threads: frame, pool and heap
  std::size_t peak_memory = 0;      ///< most frame memory that a frame held at once
  std::uint64_t cross_thread_frees = 0;
  std::uint64_t total_duration_us = 0;
  std::uint64_t max_duration_us = 0;
  [[nodiscard]] std::string to_string() const;
};

}  // namespace framealloc
