// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/device_view.hpp"

namespace framealloc::gpu::detail {

void DeviceView::show(const DeviceFigureVisitor& visit) const noexcept {
  const std::string_view device = core_.info().name;
  // Heaps first, and the whole from them: what is shown adds up, whatever other threads do.
  std::array<GpuHeapBudget, kMaxHeaps> heaps;
  std::size_t total = 0;
  for (unsigned heap = 0; heap < core_.gate.heap_count(); ++heap) {
    heaps[heap] = core_.heap_budget(heap);
    total += heaps[heap].reserved;
  }
  const GpuAllocStats stats = core_.stats(total);

  DeviceFigures all;
  all.device = device;
  all.frame = core_.frame();
  all.total_bytes = stats.total_bytes;
  all.allocated_bytes = stats.allocated_bytes;
  all.transient_bytes = stats.transient_bytes;
  all.persistent_bytes = stats.persistent_bytes;
  all.retired_bytes = stats.retired_bytes;
  all.padding_bytes = stats.padding_bytes;
  all.free_bytes = stats.free_bytes;
  all.dedicated_bytes = stats.dedicated_bytes;
  all.peak_usage = stats.peak_usage;
  all.peak_total = stats.peak_total;
  all.allocation_count = stats.allocation_count;
  all.failed_allocations = stats.failed_allocations;
  all.device_allocations = stats.device_allocations;
  all.device_frees = stats.device_frees;
  all.block_count = stats.block_count;
  all.fragmentation = stats.fragmentation;
  visit(all);

  for (unsigned heap = 0; heap < core_.gate.heap_count(); ++heap) {
    const GpuHeapBudget& at = heaps[heap];
    DeviceHeapFigures figures;
    figures.device = device;
    figures.heap = heap;
    figures.size = at.size;
    figures.limit = at.limit;
    figures.budget = at.budget;
    figures.reserved = at.reserved;
    figures.used = at.used;
    figures.external = at.external;
    figures.denials = at.denials;
    figures.device_local = at.device_local;
    figures.measured = at.measured;
    visit(figures);
  }

  core_.tags.visit([&](const TagAccount& account, std::size_t own, std::size_t subtree) {
    const TagPath path = core_.host.path_of(account.id);
    DeviceTagFigures figures;
    figures.device = device;
    figures.id = account.id;
    figures.tag = path.view();
    figures.bytes = own;
    figures.peak_bytes = account.own.peak();
    figures.subtree_bytes = subtree;
    figures.limit = account.limit.load(std::memory_order_relaxed);
    figures.denials = account.denials.load(std::memory_order_relaxed);
    visit(figures);
  });
}

}  // namespace framealloc::gpu::detail
