// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/device_json.hpp"

#include <algorithm>
#include <cmath>

namespace framealloc::detail {

void put_totals(JsonText& json, const DeviceFigures& totals) {
  json.open_object("totals");
  json.put("total_bytes", totals.total_bytes);
  json.put("allocated_bytes", totals.allocated_bytes);
  json.put("transient_bytes", totals.transient_bytes);
  json.put("persistent_bytes", totals.persistent_bytes);
  json.put("retired_bytes", totals.retired_bytes);
  json.put("padding_bytes", totals.padding_bytes);
  json.put("free_bytes", totals.free_bytes);
  json.put("dedicated_bytes", totals.dedicated_bytes);
  json.put("peak_usage", totals.peak_usage);
  json.put("peak_total", totals.peak_total);
  json.put("allocation_count", totals.allocation_count);
  json.put("failed_allocations", totals.failed_allocations);
  json.put("device_allocations", totals.device_allocations);
  json.put("device_frees", totals.device_frees);
  json.put("block_count", totals.block_count);
  // The schema asks for a number between these.
  const double share = totals.fragmentation;
  json.put_decimal("fragmentation", std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0, 4);
  json.close_object();
}

void add_heap(JsonText& json, const DeviceHeapFigures& heap) {
  json.open_object();
  json.put("index", heap.heap);
  json.put("size", heap.size);
  json.put("limit", heap.limit);
  json.put("budget", heap.budget);
  json.put("reserved", heap.reserved);
  json.put("used", heap.used);
  json.put("external", heap.external);
  json.put("denials", heap.denials);
  json.put("device_local", heap.device_local);
  json.put("measured", heap.measured);
  json.close_object();
}

}  // namespace framealloc::detail
