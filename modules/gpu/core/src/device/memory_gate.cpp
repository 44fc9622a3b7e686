// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/memory_gate.hpp"

#include <algorithm>
#include <span>

namespace framealloc::gpu::detail {

namespace {

void describe(DeviceStatus status, GpuDenial& denial) noexcept {
  switch (status) {
    case DeviceStatus::Unsupported:
      denial.code = Code::FA418;
      denial.what = "the device has no such memory";
      return;
    case DeviceStatus::Lost:
      denial.code = Code::FA419;
      denial.what = "the device is lost";
      return;
    case DeviceStatus::Timeout:
    case DeviceStatus::Failed:
      denial.code = Code::FA419;
      denial.what = "the driver failed to allocate memory";
      return;
    case DeviceStatus::OutOfMemory:
    case DeviceStatus::Ok:
      break;
  }
  denial.code = Code::FA416;
  denial.what = "the device has no more memory";
}

}  // namespace

MemoryGate::MemoryGate(GpuBackend& backend, std::size_t heap_limit) noexcept : backend_(backend) {
  const GpuDeviceInfo& info = backend.info();
  heap_count_ = static_cast<unsigned>(std::min<std::size_t>(info.heaps.size(), kMaxHeaps));
  for (unsigned heap = 0; heap < heap_count_; ++heap) {
    heaps_[heap].size = info.heaps[heap].size;
    heaps_[heap].device_local = info.heaps[heap].device_local;
    heaps_[heap].limit.store(heap_limit, std::memory_order_relaxed);
  }
  for (std::size_t type = 0; type < info.types.size() && type < kMaxTypes; ++type) {
    const unsigned heap = info.types[type].heap;
    heap_of_[type] = static_cast<std::uint8_t>(heap);
    most_[type] = std::min(info.max_allocation_size, info.heaps[heap].size);
  }
}

std::size_t MemoryGate::budget(unsigned heap) const noexcept {
  const Heap& at = heaps_[heap];
  const std::size_t limit = at.limit.load(std::memory_order_relaxed);
  const std::size_t system = at.system.load(std::memory_order_relaxed);
  if (at.measured.load(std::memory_order_relaxed))
    return limit == 0 ? system : std::min(limit, system);
  return limit == 0 ? system : std::min(limit, at.size);
}

std::size_t MemoryGate::room(unsigned heap) const noexcept {
  const std::size_t most = budget(heap);
  const std::size_t held = reserved(heap);
  return held >= most ? 0 : most - held;
}

bool MemoryGate::charge(unsigned heap, std::size_t size, GpuDenial& denial) noexcept {
  Heap& at = heaps_[heap];
  const std::size_t most = budget(heap);
  std::size_t held = at.reserved.load(std::memory_order_relaxed);
  do {
    if (size > most || held > most - size) {
      denial = {};
      denial.code = Code::FA417;
      denial.heap = heap;
      denial.by_heap = true;
      denial.held = held;
      denial.limit = most;
      return false;
    }
  } while (!at.reserved.compare_exchange_weak(held, held + size, std::memory_order_relaxed));
  at.charged.fetch_add(size, std::memory_order_relaxed);
  ReservationGuard* const guard = guard_.load(std::memory_order_acquire);
  if (guard == nullptr || guard->charge(size)) return true;
  at.reserved.fetch_sub(size, std::memory_order_relaxed);
  denial = {};
  denial.code = Code::FA417;
  denial.heap = heap;
  denial.by_guard = true;
  denial.held = total();
  denial.limit = 0;
  return false;
}

void MemoryGate::release(unsigned heap, std::size_t size) noexcept {
  heaps_[heap].reserved.fetch_sub(size, std::memory_order_relaxed);
  ReservationGuard* const guard = guard_.load(std::memory_order_acquire);
  if (guard != nullptr) guard->release(size);
}

bool MemoryGate::allocate(const DeviceMemoryRequest& request, DeviceMemory& memory,
                          GpuDenial& denial) noexcept {
  const unsigned heap = heap_of(request.type);
  denial = {};
  denial.heap = heap;
  denial.held = reserved(heap);
  denial.limit = budget(heap);
  if (!can_ever_hold(request.type, request.size)) {
    denial.code = Code::FA416;
    denial.what = "more than the device allocates at once";
    return false;
  }
  if (!charge(heap, request.size, denial)) return false;
  if (live_.fetch_add(1, std::memory_order_relaxed) >= backend_.info().max_allocation_count) {
    live_.fetch_sub(1, std::memory_order_relaxed);
    release(heap, request.size);
    denial.code = Code::FA416;
    denial.what = "the device allows no more allocations";
    return false;
  }
  const DeviceStatus status = backend_.allocate_memory(request, memory);
  if (status != DeviceStatus::Ok) {
    live_.fetch_sub(1, std::memory_order_relaxed);
    release(heap, request.size);
    denial.held = reserved(heap);
    describe(status, denial);
    return false;
  }
  allocations_.fetch_add(1, std::memory_order_relaxed);
  peak_total_.note(total_.fetch_add(request.size, std::memory_order_relaxed) + request.size);
  return true;
}

void MemoryGate::free(unsigned type, std::size_t size, const DeviceMemory& memory) noexcept {
  backend_.free_memory(memory);
  frees_.fetch_add(1, std::memory_order_relaxed);
  total_.fetch_sub(size, std::memory_order_relaxed);
  live_.fetch_sub(1, std::memory_order_relaxed);
  release(heap_of(type), size);
}

// What others hold is the system's figure less what is ours, and other threads may reserve and give
// back while the system is asked: then what is ours lies between two figures, and what others hold
// does too. It stays what it was as far as it can.
void MemoryGate::refresh_budgets() noexcept {
  std::array<DeviceHeapBudget, kMaxHeaps> all;
  std::array<std::size_t, kMaxHeaps> charged_before{}, reserved_before{};
  for (unsigned heap = 0; heap < heap_count_; ++heap) {
    charged_before[heap] = heaps_[heap].charged.load(std::memory_order_relaxed);
    reserved_before[heap] = reserved(heap);
  }
  backend_.query_budgets(std::span(all).first(heap_count_));
  for (unsigned heap = 0; heap < heap_count_; ++heap) {
    Heap& at = heaps_[heap];
    const DeviceHeapBudget& system = all[heap];
    if (!system.measured) {
      at.system.store(at.size / 5 * 4, std::memory_order_relaxed);
      at.external.store(0, std::memory_order_relaxed);
      at.measured.store(false, std::memory_order_relaxed);
      continue;
    }
    const std::size_t charged = at.charged.load(std::memory_order_relaxed) - charged_before[heap];
    const std::size_t most = reserved_before[heap] + charged;
    const std::size_t least = std::min(reserved_before[heap], reserved(heap));
    const std::size_t external = std::clamp(at.external.load(std::memory_order_relaxed),
                                            system.usage > most ? system.usage - most : 0,
                                            system.usage > least ? system.usage - least : 0);
    at.external.store(external, std::memory_order_relaxed);
    at.system.store(system.budget > external ? system.budget - external : 0,
                    std::memory_order_relaxed);
    at.measured.store(true, std::memory_order_relaxed);
  }
}

void MemoryGate::set_limit(unsigned heap, std::size_t bytes) noexcept {
  if (heap < heap_count_) heaps_[heap].limit.store(bytes, std::memory_order_relaxed);
}

bool MemoryGate::set_guard(ReservationGuard* guard) noexcept {
  const std::size_t held = total();
  if (guard != nullptr && !guard->charge(held)) return false;
  ReservationGuard* const before = guard_.exchange(guard, std::memory_order_acq_rel);
  if (before != nullptr) before->release(held);
  return true;
}

std::size_t MemoryGate::total() const noexcept {
  std::size_t sum = 0;
  for (unsigned heap = 0; heap < heap_count_; ++heap) sum += reserved(heap);
  return sum;
}

GpuHeapBudget MemoryGate::figures(unsigned heap) const noexcept {
  const Heap& at = heaps_[heap];
  GpuHeapBudget figures;
  figures.size = at.size;
  figures.limit = at.limit.load(std::memory_order_relaxed);
  figures.budget = budget(heap);
  figures.reserved = reserved(heap);
  figures.external = at.external.load(std::memory_order_relaxed);
  figures.denials = at.denials.load(std::memory_order_relaxed);
  figures.device_local = at.device_local;
  figures.measured = at.measured.load(std::memory_order_relaxed);
  return figures;
}

bool MemoryGate::passed_threshold(unsigned heap) noexcept {
  Heap& at = heaps_[heap];
  const std::size_t most = budget(heap);
  const bool above = reserved(heap) > most - most / 10;
  if (at.above_threshold.load(std::memory_order_relaxed) == above) return false;
  return !at.above_threshold.exchange(above, std::memory_order_relaxed) && above;
}

}  // namespace framealloc::gpu::detail
