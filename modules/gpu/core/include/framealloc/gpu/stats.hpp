// SPDX-License-Identifier: MIT OR Apache-2.0
// What a GPU allocator holds, as figures.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu {

/// One heap of the device. Sizes in bytes.
struct GpuHeapBudget {
  std::size_t size = 0;       ///< of the heap
  std::size_t limit = 0;      ///< set_heap_limit() or GpuConfig::heap_limit; 0: none
  std::size_t budget = 0;     ///< what this allocator may hold now: the limit, and what the system
                              ///< leaves
  std::size_t reserved = 0;   ///< device memory held; never above the budget when a call returns
                              ///< that raised it
  std::size_t used = 0;       ///< of it handed out
  std::size_t external = 0;   ///< held by others, as far as the device says
  std::uint64_t denials = 0;  ///< requests, also those that another heap has served then
  bool device_local = false;
  bool measured = false;  ///< budget and external are the system's figures
};

/// All of a GPU allocator, in bytes:
/// `total_bytes == allocated_bytes + padding_bytes + retired_bytes + free_bytes`.
struct GpuAllocStats {
  std::size_t total_bytes = 0;      ///< device memory held: blocks, rings and dedicated
  std::size_t allocated_bytes = 0;  ///< handed out: transient_bytes + persistent_bytes
  std::size_t transient_bytes = 0;  ///< of frames that are open
  std::size_t persistent_bytes = 0;
  std::size_t retired_bytes = 0;  ///< let go by the program, not yet by the GPU
  std::size_t padding_bytes = 0;  ///< alignment, granularity, ends of pages
  std::size_t free_bytes = 0;
  std::size_t dedicated_bytes = 0;  ///< within total_bytes
  std::size_t peak_usage = 0;       ///< most allocated_bytes
  std::size_t peak_total = 0;
  std::uint64_t allocation_count = 0;    ///< live persistent buffers and images
  std::uint64_t failed_allocations = 0;  ///< ever
  /// Memory that the device has given, ever: calls that it has denied are not counted, so that what
  /// it has not got back is the difference to device_frees.
  std::uint64_t device_allocations = 0;
  std::uint64_t device_frees = 0;
  std::uint64_t block_count = 0;
  double fragmentation = 0;  ///< over persistent blocks: 1 - largest free / free; 0: none free
};

}  // namespace framealloc::gpu
