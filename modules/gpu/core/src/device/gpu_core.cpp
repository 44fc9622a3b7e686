// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/gpu_core.hpp"

#include <algorithm>

namespace framealloc::gpu::detail {

GpuCore::GpuCore(const SmartAlloc& host_, GpuBackend& backend_, const GpuConfig& config_) noexcept
    : host(host_),
      backend(backend_),
      config(config_),
      source(host),
      gate(backend_, config_.heap_limit),
      tags(host),
      blocks(gate, source, backend_.info(), config),
      retired(*this) {
  for (unsigned intent = 0; intent < kGpuMemoryIntents; ++intent)
    orders_[intent] = TypeOrder(info(), static_cast<GpuMemoryIntent>(intent));
  for (const GpuHeapInfo& heap : info().heaps)
    largest_request_ = std::max(largest_request_, heap.size);
  largest_request_ = std::min(largest_request_, info().max_allocation_size);
  for (std::size_t type = 0; type < info().types.size() && type < kMaxTypes; ++type) {
    const GpuMemoryTypeInfo& at = info().types[type];
    types_[type].visible = at.host_visible;
    types_[type].non_coherent = at.host_visible && !at.host_coherent;
    if (types_[type].non_coherent) types_[type].atom = info().non_coherent_atom;
  }
  gate.refresh_budgets();
}

bool GpuCore::try_share() noexcept {
  std::uint32_t handles = handles_.load(std::memory_order_relaxed);
  do {
    if (handles == 0) return false;
  } while (!handles_.compare_exchange_weak(handles, handles + 1, std::memory_order_relaxed));
  return true;
}

void GpuCore::let_go() noexcept {
  if (handles_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(*this);
}

CoreRef core_of(const BufferRecord& record) noexcept {
  return CoreRef::adopt(RecordPool::share_core(*record.shard));
}

void GpuCore::give_back(const BufferRecord* first, HeapBytes& freed) noexcept {
  for (const BufferRecord* record = first; record != nullptr; record = record->next) {
    if (record->transient()) continue;
    const std::uint64_t handle = record->handle.load(std::memory_order_relaxed);
    if (!record->is_resource)
      backend.destroy_buffer(handle);
    else if (handle != 0)
      backend.destroy_image(handle);
  }
  BlockLists::Freeing freeing(blocks, frame());
  for (const BufferRecord* record = first; record != nullptr; record = record->next)
    if (!record->transient())
      freed[gate.heap_of(record->placement.type)] += freeing.free(record->placement);
}

void GpuCore::make_spare(BufferRecord& spare, const BufferRecord& of) noexcept {
  spare.is_resource = false;
  spare.spare = true;
  spare.movable = spare.evictable = false;
  spare.evicting.store(false, std::memory_order_relaxed);
  spare.name[0] = '\0';
  spare.lifetime = GpuLifetime::Persistent;
  spare.intent = of.intent;
  spare.usage = of.usage;
  spare.tag = of.tag;
  spare.born_frame = of.born_frame;
  spare.pins.store(0, std::memory_order_relaxed);
}

void GpuCore::retire_spare(BufferRecord& spare) noexcept {
  RecordShard& shard = *spare.shard;
  const std::lock_guard<BriefLock> guard(shard.lock);
  shard.bytes[spare.placement.type].retire_more(spare.size);
  spare.retire_serial = end_serial(epoch());
  spare.state.store(RecordState::Retired, std::memory_order_relaxed);
  spare.next = shard.retired;
  shard.retired = &spare;
}

namespace {

struct Range {
  std::size_t offset, size;
};

// `size` bytes at `offset` of the record's memory, widened to the atom. The record's memory begins
// on an atom and, unless it is all of a device allocation, ends on one.
[[nodiscard]] Range widen(const Placement& placement, std::size_t offset, std::size_t size,
                          std::size_t atom) noexcept {
  const std::size_t low = offset / atom * atom;
  const std::size_t high = std::min((offset + size + atom - 1) / atom * atom, placement.held);
  return {placement.offset + low, high - low};
}

}  // namespace

DeviceStatus GpuCore::flush(const BufferRecord& record, std::size_t offset,
                            std::size_t size) noexcept {
  const std::size_t atom = atom_of(record.placement.type);
  if (!record.non_coherent || size == 0) return DeviceStatus::Ok;
  const Range range = widen(record.placement, offset, size, atom);
  return backend.flush(record.placement.memory, range.offset, range.size);
}

DeviceStatus GpuCore::invalidate(const BufferRecord& record, std::size_t offset,
                                 std::size_t size) noexcept {
  const std::size_t atom = atom_of(record.placement.type);
  if (!record.non_coherent || size == 0) return DeviceStatus::Ok;
  const Range range = widen(record.placement, offset, size, atom);
  return backend.invalidate(record.placement.memory, range.offset, range.size);
}

GpuAllocStats GpuCore::stats(std::size_t total) noexcept {
  const PersistentFigures persistent = blocks.figures();
  RecordPool::Figures buffers;
  for (unsigned type = 0; type < info().types.size(); ++type) {
    const RecordPool::Figures of_type = records->figures(type);
    buffers.allocated += of_type.allocated;
    buffers.retired += of_type.retired;
    buffers.count += of_type.count;
  }
  // What is due counts as free, though it has not been taken back yet.
  const RecordPool::Due due = records->due();
  buffers.retired -= std::min(buffers.retired, due.size);
  const TransientFigures frames = transient->figures();
  GpuAllocStats stats;
  stats.total_bytes = total;
  stats.persistent_bytes = buffers.allocated;
  stats.transient_bytes = frames.allocated;
  stats.allocated_bytes = buffers.allocated + frames.allocated;
  stats.retired_bytes = buffers.retired + frames.retired;
  stats.free_bytes = persistent.free + due.held + frames.free;
  // What is neither handed out, nor retired, nor free is lost between them. Other threads may have
  // moved bytes from one to another since: then the free ones give way, so that the sum holds.
  const std::size_t held = stats.allocated_bytes + stats.retired_bytes;
  stats.total_bytes = std::max(stats.total_bytes, held);
  stats.free_bytes = std::min(stats.free_bytes, stats.total_bytes - held);
  stats.padding_bytes = stats.total_bytes - held - stats.free_bytes;
  stats.dedicated_bytes = persistent.dedicated;
  usage_peak.note(stats.allocated_bytes);
  stats.peak_usage = std::max(usage_peak.peak(), tags.peak_total());
  stats.peak_total = gate.peak_total();
  stats.allocation_count = buffers.count;
  stats.failed_allocations = failed_.load(std::memory_order_relaxed);
  stats.device_allocations = gate.device_allocations();
  stats.device_frees = gate.device_frees();
  stats.block_count = persistent.blocks + frames.blocks;
  if (persistent.free != 0)
    stats.fragmentation =
        1.0 - static_cast<double>(persistent.largest_free) / static_cast<double>(persistent.free);
  return stats;
}

GpuHeapBudget GpuCore::heap_budget(unsigned heap) const noexcept {
  if (heap >= gate.heap_count()) return {};
  GpuHeapBudget figures = gate.figures(heap);
  figures.used = transient->used(heap);
  for (unsigned type = 0; type < info().types.size(); ++type)
    if (gate.heap_of(type) == heap) figures.used += records->figures(type).allocated;
  return figures;
}

}  // namespace framealloc::gpu::detail
