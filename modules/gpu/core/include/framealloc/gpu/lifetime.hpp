// SPDX-License-Identifier: MIT OR Apache-2.0
// How long GPU memory is needed.
#pragma once

#include <cstdint>

namespace framealloc::gpu {

/// How long. Frame memory is bumped in rings and needs no free; its bytes are used again only when
/// the GPU has completed the frame. Transient and persistent memory never share a block.
class GpuLifetime {
 public:
  enum class Kind : std::uint8_t { Frame, MultiFrame, Persistent };
  static constexpr unsigned kMaxFrames = 16;

  /// Commands recorded in this frame may use it.
  static const GpuLifetime Frame;
  /// Until its GpuBuffer ends.
  static const GpuLifetime Persistent;
  /// Commands recorded in this and the next `frames - 1` frames may use it. Requirement: 1 to 16;
  /// others are clamped.
  [[nodiscard]] static constexpr GpuLifetime MultiFrame(unsigned frames) noexcept {
    return GpuLifetime(Kind::MultiFrame, frames < 1            ? 1
                                         : frames > kMaxFrames ? kMaxFrames
                                                               : frames);
  }

  [[nodiscard]] constexpr Kind kind() const noexcept { return kind_; }
  /// Result: 1 for Frame, 0 for Persistent.
  [[nodiscard]] constexpr unsigned frames() const noexcept { return frames_; }
  friend constexpr bool operator==(GpuLifetime, GpuLifetime) = default;

 private:
  constexpr GpuLifetime(Kind kind, unsigned frames) noexcept
      : kind_(kind), frames_(static_cast<std::uint8_t>(frames)) {}

  Kind kind_;
  std::uint8_t frames_;
};

inline constexpr GpuLifetime GpuLifetime::Frame{Kind::Frame, 1};
inline constexpr GpuLifetime GpuLifetime::Persistent{Kind::Persistent, 0};

}  // namespace framealloc::gpu
