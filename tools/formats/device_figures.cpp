// SPDX-License-Identifier: MIT OR Apache-2.0
#include "formats/device_figures.hpp"

namespace fa_formats {

framealloc::DeviceFigures take_totals(Taker& take, const Json& parent, const std::string& where) {
  const Json& object = take.object(parent, "totals", where);
  const std::string here = where + "/totals";
  framealloc::DeviceFigures totals;
  totals.total_bytes = take.bytes(object, "total_bytes", here);
  totals.allocated_bytes = take.bytes(object, "allocated_bytes", here);
  totals.transient_bytes = take.bytes(object, "transient_bytes", here);
  totals.persistent_bytes = take.bytes(object, "persistent_bytes", here);
  totals.retired_bytes = take.bytes(object, "retired_bytes", here);
  totals.padding_bytes = take.bytes(object, "padding_bytes", here);
  totals.free_bytes = take.bytes(object, "free_bytes", here);
  totals.dedicated_bytes = take.bytes(object, "dedicated_bytes", here);
  totals.peak_usage = take.bytes(object, "peak_usage", here);
  totals.peak_total = take.bytes(object, "peak_total", here);
  totals.allocation_count = take.number(object, "allocation_count", here);
  totals.failed_allocations = take.number(object, "failed_allocations", here);
  totals.device_allocations = take.number(object, "device_allocations", here);
  totals.device_frees = take.number(object, "device_frees", here);
  totals.block_count = take.number(object, "block_count", here);
  totals.fragmentation = take.real(object, "fragmentation", here);
  return totals;
}

std::vector<framealloc::DeviceHeapFigures> take_heaps(Taker& take, const Json& parent,
                                                      const std::string& where) {
  std::vector<framealloc::DeviceHeapFigures> heaps;
  take.each(parent, "heaps", where, [&](const Json& one, const std::string& here) {
    framealloc::DeviceHeapFigures heap;
    heap.heap = take.index(one, "index", here);
    heap.size = take.bytes(one, "size", here);
    heap.limit = take.bytes(one, "limit", here);
    heap.budget = take.bytes(one, "budget", here);
    heap.reserved = take.bytes(one, "reserved", here);
    heap.used = take.bytes(one, "used", here);
    heap.external = take.bytes(one, "external", here);
    heap.denials = take.number(one, "denials", here);
    heap.device_local = take.boolean(one, "device_local", here);
    heap.measured = take.boolean(one, "measured", here);
    heaps.push_back(heap);
  });
  return heaps;
}

}  // namespace fa_formats
