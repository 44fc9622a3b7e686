// SPDX-License-Identifier: MIT OR Apache-2.0
// The metrics that several exporters write: name and help are one thing wherever a server meets
// them, or it would have two families of one name.
#pragma once

#include <framealloc/compiler.hpp>

namespace framealloc {

struct Metric {
  const char* name;
  const char* help;
};

// What only one exporter has, it names itself. Units are in the names, as Prometheus asks.
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

}  // namespace metrics
}  // namespace framealloc
