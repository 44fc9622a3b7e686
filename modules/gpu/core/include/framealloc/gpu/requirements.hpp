// SPDX-License-Identifier: MIT OR Apache-2.0
// A request for GPU memory, and how it can fail.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/gpu/buffer_usage.hpp>
#include <framealloc/gpu/intent.hpp>
#include <framealloc/gpu/lifetime.hpp>

#include <cstddef>
#include <string_view>

namespace framealloc::gpu {

/// What went wrong, as codes of Result's Error.
struct GpuAllocError {
  static constexpr Code InvalidSize = Code::FA011;      ///< 0, or larger than the device can
  static constexpr Code AlignmentFailed = Code::FA011;  ///< no power of two, or more than a block
  static constexpr Code OutOfMemory = Code::FA416;      ///< the device had nothing more
  static constexpr Code BudgetExceeded = Code::FA417;   ///< a limit of a heap, a tag or the whole
  static constexpr Code UnsupportedUsage =
      Code::FA418;                                   ///< intent, usage or feature that is lacking
  static constexpr Code BackendError = Code::FA419;  ///< the driver failed or lost the device
};

/// A request. Sizes in bytes.
struct GpuAllocRequirements {
  std::size_t size = 0;
  GpuMemoryIntent intent = GpuMemoryIntent::DeviceOnly;
  GpuLifetime lifetime = GpuLifetime::Persistent;
  std::size_t alignment = 1;  ///< a power of two; raised to what usage and memory type need
  BufferUsage usage = BufferUsage::None;
  float priority = 0.5F;   ///< 0 to 1: who stays when memory is short
  bool dedicated = false;  ///< device memory of its own
  bool movable = false;    ///< defragment() may move it
  bool evictable = false;  ///< the eviction handler may be asked to let it go
  std::string_view name;   ///< for dumps, reports, debuggers; copied, 31 characters at most
  void* user_data = nullptr;

  GpuAllocRequirements() = default;
  GpuAllocRequirements(std::size_t size_, GpuMemoryIntent intent_,
                       GpuLifetime lifetime_ = GpuLifetime::Persistent) noexcept
      : size(size_), intent(intent_), lifetime(lifetime_) {}
  GpuAllocRequirements& with_alignment(std::size_t value) noexcept {
    return alignment = value, *this;
  }
  GpuAllocRequirements& with_usage(BufferUsage value) noexcept { return usage = value, *this; }
  GpuAllocRequirements& with_priority(float value) noexcept { return priority = value, *this; }
  GpuAllocRequirements& with_dedicated() noexcept { return dedicated = true, *this; }
  GpuAllocRequirements& with_movable() noexcept { return movable = true, *this; }
  GpuAllocRequirements& with_evictable() noexcept { return evictable = true, *this; }
  GpuAllocRequirements& with_name(std::string_view value) noexcept { return name = value, *this; }
  GpuAllocRequirements& with_user_data(void* value) noexcept { return user_data = value, *this; }
};

}  // namespace framealloc::gpu
