// SPDX-License-Identifier: MIT OR Apache-2.0
// The metrics that several exporters write. Name and help must be the same everywhere, or a server
// would see two families of one name.
#pragma once

#include <framealloc/compiler.hpp>

namespace framealloc {

struct Metric {
  const char* name;
  const char* help;
};

// An exporter names the metrics that only it has. Names contain the unit, as Prometheus requires.
namespace metrics {

FRAMEALLOC_OWN_COPY inline constexpr Metric kBytes{
    "framealloc_bytes", "Bytes in use; frame: of the frame, until the next one."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kPeakBytes{"framealloc_peak_bytes",
                                                       "Most bytes in use at once so far."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kReservedBytes{
    "framealloc_reserved_bytes",
    "Bytes held from the memory source, bookkeeping and idle ones included."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kPeakReservedBytes{
    "framealloc_peak_reserved_bytes", "Most bytes ever held from the memory source."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kIdleBytes{
    "framealloc_idle_bytes", "Reserved bytes that are kept ready for the next need."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kMetadataBytes{"framealloc_metadata_bytes",
                                                           "Reserved bytes that are bookkeeping."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kThreads{"framealloc_threads",
                                                     "Threads that use the allocator."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kAllocationsTotal{"framealloc_allocations_total",
                                                              "Pool and heap allocations."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kDeallocationsTotal{"framealloc_deallocations_total",
                                                                "Pool and heap frees."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kFramesTotal{"framealloc_frames_total",
                                                         "Frames begun."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kTagBytes{
    "framealloc_tag_bytes", "Bytes in use under a tag, without those below it."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kTagAllocationsTotal{
    "framealloc_tag_allocations_total", "Pool and heap allocations under a tag."};
/// Of devices whose memory a module hands out; each has the label `device`.
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuBytes{
    "framealloc_gpu_bytes",
    "Device memory held, by what it is used for: transient, persistent, retired, padding, free."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuPeakBytes{
    "framealloc_gpu_peak_bytes", "Most device memory handed out at once so far."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuAllocations{
    "framealloc_gpu_allocations", "Persistent buffers and images that live."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuFailedAllocationsTotal{
    "framealloc_gpu_failed_allocations_total", "Requests for device memory that were denied."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuDeviceAllocationsTotal{
    "framealloc_gpu_device_allocations_total", "Allocations that the device was asked for."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuDeviceFreesTotal{
    "framealloc_gpu_device_frees_total", "Allocations that were given back to the device."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuFramesTotal{"framealloc_gpu_frames_total",
                                                            "Frames of the device begun."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuHeapSizeBytes{"framealloc_gpu_heap_size_bytes",
                                                              "Size of a heap."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuHeapBudgetBytes{
    "framealloc_gpu_heap_budget_bytes",
    "Bytes that may be held of a heap now: its limit, and what the system leaves."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuHeapLimitBytes{
    "framealloc_gpu_heap_limit_bytes", "Limit that the program set. Absent where there is none."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuHeapReservedBytes{
    "framealloc_gpu_heap_reserved_bytes", "Bytes held of a heap."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuHeapUsedBytes{
    "framealloc_gpu_heap_used_bytes", "Held bytes of a heap that are handed out."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuHeapExternalBytes{
    "framealloc_gpu_heap_external_bytes", "Bytes of a heap that others hold."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuHeapDenialsTotal{
    "framealloc_gpu_heap_denials_total", "Requests that the budget of a heap denied."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuTagBytes{
    "framealloc_gpu_tag_bytes",
    "Device memory handed out under a tag, without that of tags below it."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuTagLimitBytes{
    "framealloc_gpu_tag_limit_bytes",
    "Limit of a tag and those below it. Absent where there is none."};
FRAMEALLOC_OWN_COPY inline constexpr Metric kGpuTagDenialsTotal{
    "framealloc_gpu_tag_denials_total", "Requests that the limit of a tag denied."};

}  // namespace metrics
}  // namespace framealloc
