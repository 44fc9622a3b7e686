// SPDX-License-Identifier: MIT OR Apache-2.0
// All of one GPU allocator, in one piece of the host's bookkeeping memory.
#pragma once

#include "allocator/device_view.hpp"
#include "device/gpu_core.hpp"
#include "ring/ring_store.hpp"
#include "transfer/timeline.hpp"

#include <framealloc/gpu/config.hpp>

namespace framealloc::gpu::detail {

// What GpuAllocator hands out shares in.
class AllocatorState final : public GpuCore {
 public:
  // Result: the core, with one share that is the caller's; null without bookkeeping memory.
  [[nodiscard]] static GpuCore* make(const SmartAlloc& host_, GpuBackend& backend_,
                                     const GpuConfig& config_) noexcept;
  [[nodiscard]] static AllocatorState& of(GpuCore& core) noexcept {
    return static_cast<AllocatorState&>(core);
  }

  Timeline timeline;
  RingStore rings;
  DeviceView view;

 private:
  AllocatorState(const SmartAlloc& host_, GpuBackend& backend_, const GpuConfig& config_) noexcept;
  // Effect: waits for the device, reports what is held, gives everything back.
  static void end_of(GpuCore& core) noexcept;
  void report_leaks() noexcept;
  void leave_buffers() noexcept;
};

}  // namespace framealloc::gpu::detail
