// SPDX-License-Identifier: MIT OR Apache-2.0
// The handle: budgets and figures.
#include <framealloc/gpu/allocator.hpp>

#include "allocator/allocator_state.hpp"
#include "allocator/defragmentation.hpp"

namespace framealloc::gpu {

using detail::GpuCore;

unsigned GpuAllocator::heap_count() const noexcept {
  return core_ == nullptr ? 0 : core_->gate.heap_count();
}

GpuHeapBudget GpuAllocator::heap_budget(unsigned heap) const noexcept {
  return core_ == nullptr ? GpuHeapBudget{} : core_->heap_budget(heap);
}

void GpuAllocator::set_heap_limit(unsigned heap, std::size_t bytes) noexcept {
  if (core_ != nullptr) core_->gate.set_limit(heap, bytes);
}

void GpuAllocator::set_tag_limit(std::string_view tag, std::size_t bytes) noexcept {
  if (core_ == nullptr) return;
  if (!core_->tags.set_limit(core_->host.tag(tag), bytes))
    core_->report(Code::FA012, "no bookkeeping memory for the limit of a tag", {});
  core_->transient->recall();
}

void GpuAllocator::on_pressure(GpuPressureHandler handler, void* context) noexcept {
  if (core_ != nullptr) core_->set_pressure_handler(handler, context);
}

void GpuAllocator::on_evict(GpuEvictionHandler handler, void* context) noexcept {
  if (core_ != nullptr) core_->set_eviction_handler(handler, context);
}

std::size_t GpuAllocator::trim() noexcept {
  return core_ == nullptr ? 0 : core_->trim(detail::kMaxHeaps);
}

Result<std::size_t> GpuAllocator::defragment(std::size_t max_bytes, GpuMoveHandler handler,
                                             void* context) noexcept {
  if (core_ == nullptr) return std::size_t{0};
  detail::Defragmentation run(*core_, detail::AllocatorState::of(*core_).timeline, max_bytes,
                              handler, context);
  return run.run();
}

GpuAllocStats GpuAllocator::stats() const noexcept {
  return core_ == nullptr ? GpuAllocStats{} : core_->stats();
}

std::size_t GpuAllocator::tag_bytes(std::string_view tag) const noexcept {
  if (core_ == nullptr) return 0;
  const std::optional<Tag> found = core_->host.find_tag(tag);
  if (!found) return 0;
  core_->transient->settle();
  return core_->tags.bytes(*found);
}

std::size_t GpuAllocator::available_memory() const noexcept {
  if (core_ == nullptr) return 0;
  std::size_t room = 0;
  static_cast<void>(core_->order(GpuMemoryIntent::DeviceOnly).visit(~0U, [&](unsigned type) {
    room = core_->gate.room(core_->gate.heap_of(type));
    return true;
  }));
  return room;
}

SmartAlloc& GpuAllocator::host() noexcept { return core_->host; }

GpuBackend& GpuAllocator::backend() noexcept { return core_->backend; }

bool GpuAllocator::set_reservation_guard(ReservationGuard* guard) noexcept {
  return core_ != nullptr && core_->gate.set_guard(guard);
}

}  // namespace framealloc::gpu
