// SPDX-License-Identifier: MIT OR Apache-2.0
// GPU memory runs short, or moves: the handlers, and what they receive.
#pragma once

#include <framealloc/pressure.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu {

/// Told with no lock held, before a heap's budget, a tag's limit or the device denies a request
/// (Critical), and when a heap's use passes 90 % of its budget (Moderate). Sizes in bytes.
struct GpuPressureEvent {
  PressureLevel level = PressureLevel::None;
  PressureReason reason = PressureReason::Limit;  ///< Threshold, Limit, or Source: the device
  unsigned heap = 0;
  std::size_t used = 0, limit = 0;  ///< of the heap, or of the tag where its limit denies
  std::size_t requested = 0;
};
/// Effect: frees buffers, trims; the request is tried again afterward. Pressure that it causes on
/// its own thread is not told.
using GpuPressureHandler = void (*)(const GpuPressureEvent& event, void* context);

/// A buffer that was allocated with_evictable() and that no frame in flight, nor the one that is
/// open, has touched: so its memory is given back at once. Such a buffer is touched in each frame
/// that uses it. Asked in order of priority, then of the frame that touched last.
struct GpuEviction {
  std::uint64_t raw_handle = 0;
  std::size_t size = 0;  ///< bytes
  float priority = 0;
  std::uint64_t last_frame = 0;  ///< that touched it
  void* user_data = nullptr;
};
/// Effect: lets the buffer go (its GpuBuffer ends) and says true, or keeps it and says false.
using GpuEvictionHandler = bool (*)(const GpuEviction& victim, void* context);

/// A buffer that defragment() is moving: commands recorded from now on use the new handle. The old
/// one stays valid for the frames in flight.
struct GpuMove {
  std::uint64_t old_handle = 0, new_handle = 0;
  std::uint64_t new_address = 0;  ///< 0 unless its usage has DeviceAddress
  std::size_t size = 0;           ///< bytes
  void* user_data = nullptr;
};
using GpuMoveHandler = void (*)(const GpuMove& move, void* context);

}  // namespace framealloc::gpu
