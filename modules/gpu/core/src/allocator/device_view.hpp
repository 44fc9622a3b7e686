// SPDX-License-Identifier: MIT OR Apache-2.0
// What the host's tools are shown of a GPU allocator.
#pragma once

#include "device/gpu_core.hpp"

#include <framealloc/figures.hpp>

namespace framealloc::gpu::detail {

class DeviceView final : public DeviceFigureSource {
 public:
  explicit DeviceView(GpuCore& core) noexcept : core_(core) {}
  void show(const DeviceFigureVisitor& visit) const noexcept override;

 private:
  GpuCore& core_;
};

}  // namespace framealloc::gpu::detail
