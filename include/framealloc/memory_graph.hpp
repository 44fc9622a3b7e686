// SPDX-License-Identifier: MIT OR Apache-2.0
// A history as points to draw.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace framealloc {

struct FrameRecord;

/// Three columns of equal length, oldest first.
struct FRAMEALLOC_API MemoryGraphData {
  std::vector<std::size_t> current;   ///< bytes in use when the frame ended
  std::vector<std::size_t> peak;      ///< the most of `current` among the frames of the point
  std::vector<std::uint64_t> frames;  ///< number of the point's last frame
  [[nodiscard]] std::size_t max_value() const noexcept;  ///< of `peak`; 0 when there is no point
  /// Result: `current` as parts of max_value(), 0 to 1; all 0 when that is 0.
  [[nodiscard]] std::vector<double> normalized_current() const;
};

/// Result: at most `max_points` points: one per frame, or of as many neighboring frames each as it
/// takes, all of the same number but for one. A peak between two points is not lost: it is in
/// `peak`.
[[nodiscard]] FRAMEALLOC_API MemoryGraphData make_memory_graph(std::span<const FrameRecord> frames,
                                                               std::size_t max_points);
/// Result: `bytes_in_use` of each frame, `peak_memory` of each frame; oldest first.
[[nodiscard]] FRAMEALLOC_API std::vector<std::size_t> memory_timeline(
    std::span<const FrameRecord> frames);
[[nodiscard]] FRAMEALLOC_API std::vector<std::size_t> peak_timeline(
    std::span<const FrameRecord> frames);

}  // namespace framealloc
