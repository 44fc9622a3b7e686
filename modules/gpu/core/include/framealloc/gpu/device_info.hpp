// SPDX-License-Identifier: MIT OR Apache-2.0
// What a device has: heaps, memory types, limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace framealloc::gpu {

struct GpuHeapInfo {
  std::size_t size = 0;  ///< bytes
  bool device_local = false;
};

struct GpuMemoryTypeInfo {
  unsigned heap = 0;
  bool device_local = false, host_visible = false, host_coherent = false, host_cached = false;
  bool lazily_allocated = false;
};

struct GpuDeviceInfo {
  std::string_view name;
  std::vector<GpuHeapInfo> heaps;
  std::vector<GpuMemoryTypeInfo> types;
  std::size_t non_coherent_atom = 1;
  std::size_t buffer_image_granularity = 1;
  std::size_t min_uniform_alignment = 1, min_storage_alignment = 1, min_texel_alignment = 1;
  std::size_t max_allocation_size = SIZE_MAX;
  std::uint32_t max_allocation_count = UINT32_MAX;
  bool reports_budget = false;  ///< heaps' budgets are the system's, not guesses
  bool discrete = false;        ///< some heap is device-local and some other is not
};

}  // namespace framealloc::gpu
