// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames for a schedule of systems: one hook first, one last, or one per tick.
#pragma once

#include <framealloc/annotations.hpp>
#include <framealloc/smart_alloc.hpp>

#include <cstdint>

namespace framealloc::ecs {

/// What the hooks of a FramePlugin have done.
struct FramePluginStats {
  std::uint64_t frames =
      0;  ///< ended, by last(), by tick() or in place of a last() that was missed
  std::uint64_t missed = 0;  ///< calls whose counterpart was missing; each was reported (FA102)
};

/// Opens the frame in the first system of a schedule and ends it in the last one. Workers need no
/// hook of their own: a worker enters the open frame with its first frame allocation, and the end
/// of the frame ends that memory on every worker. Thread contract: the hooks run one at a time, on
/// whichever thread the scheduler runs them, while no other system of the schedule runs.
class FramePlugin {
 public:
  explicit FramePlugin(const SmartAlloc& alloc) : alloc_(alloc) {}
  /// Effect: reports FA101 if no hook ever ran, which means that the plugin is in no schedule; ends
  /// a frame that is open.
  ~FramePlugin();
  FramePlugin(const FramePlugin&) = delete;
  FramePlugin& operator=(const FramePlugin&) = delete;

  /// Effect: begins the frame; the first system of the schedule. A frame that last() did not end is
  /// reported (FA102) and ended first.
  FRAMEALLOC_BEGIN_FRAME void first() noexcept;
  /// Effect: ends the frame; the last system. Without a first() before it that is reported (FA102)
  /// and nothing else happens.
  FRAMEALLOC_END_FRAME void last() noexcept;
  /// Effect: ends the frame before, if one is open, and begins the next: for schedulers with one
  /// hook. The last frame ends with the plugin.
  FRAMEALLOC_END_FRAME FRAMEALLOC_BEGIN_FRAME void tick() noexcept;

  [[nodiscard]] SmartAlloc& allocator() noexcept { return alloc_; }
  [[nodiscard]] FramePluginStats stats() const noexcept { return stats_; }

 private:
  void begin() noexcept;
  void end() noexcept;
  void report_missed(const char* message) noexcept;

  SmartAlloc alloc_;
  FramePluginStats stats_;
  bool open_ = false;
  bool ran_ = false;
};

}  // namespace framealloc::ecs
