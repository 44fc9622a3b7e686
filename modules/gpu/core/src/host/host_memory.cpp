// SPDX-License-Identifier: MIT OR Apache-2.0
#include "host/host_device.hpp"

#include <framealloc/source.hpp>

#include <algorithm>
#include <cstring>

namespace framealloc::gpu::detail {
namespace {

constexpr std::size_t kMemoryAlignment = std::size_t{64} << 10;

std::byte* pages(std::size_t size) noexcept {
  return static_cast<std::byte*>(system_source().allocate(size, kMemoryAlignment));
}

}  // namespace

bool HostDevice::injected_memory_failure() noexcept {
  if (memory_failing_) return true;
  if (memory_fails_in_ == 0 || --memory_fails_in_ != 0) return false;
  memory_failing_ = memory_keeps_failing_;
  return true;
}

DeviceStatus HostDevice::allocate_memory(const DeviceMemoryRequest& request,
                                         DeviceMemory& memory) noexcept {
  const std::lock_guard held(lock_);
  if (is_lost()) return DeviceStatus::Lost;
  if (!exists(request.type) || request.size == 0) {
    violate(Violation("allocate_memory: there is no type ")
                .append(request.type)
                .append(", or a size of 0 was asked for"));
    return DeviceStatus::Failed;
  }
  const GpuMemoryTypeInfo& type = info_.types[request.type];
  Heap& heap = heaps_[type.heap];
  const std::size_t heap_size = info_.heaps[type.heap].size;
  if (request.size > heap_size || request.size > info_.max_allocation_size) {
    violate(Violation("allocate_memory: ")
                .append_bytes(request.size)
                .append(" are more than heap ")
                .append(type.heap)
                .append(" has, or than one allocation may have"));
    return DeviceStatus::OutOfMemory;
  }
  if (counters_.live_allocations >= info_.max_allocation_count) {
    violate(Violation("allocate_memory: above the maximum of ")
                .append(info_.max_allocation_count)
                .append(" allocations"));
    return DeviceStatus::OutOfMemory;
  }
  if (injected_memory_failure() || request.size > heap_size - heap.bytes) {
    return DeviceStatus::OutOfMemory;
  }

  HostMemory made;
  made.size = request.size;
  made.type = request.type;
  made.device_address = request.device_address;
  made.device = pages(request.size);
  if (made.device == nullptr) return DeviceStatus::OutOfMemory;
  if (type.host_visible) made.host = type.host_coherent ? made.device : pages(request.size);
  const bool whole = !type.host_visible || made.host != nullptr;
  if (whole) {
    const BufferLanes::Exclusive alone(buffers_);
    memory.handle = memory_.insert(made);
  } else {
    memory.handle = 0;
  }
  if (memory.handle == 0) {
    release(made);
    return DeviceStatus::OutOfMemory;
  }
  memory.mapped = made.host;
  heap.bytes += request.size;
  heap.peak = std::max(heap.peak, heap.bytes);
  ++counters_.memory_allocations;
  ++counters_.live_allocations;
  counters_.peak_allocations = std::max(counters_.peak_allocations, counters_.live_allocations);
  return DeviceStatus::Ok;
}

void HostDevice::release(HostMemory& memory) noexcept {
  if (memory.host != nullptr && memory.host != memory.device) {
    system_source().deallocate(memory.host, memory.size, kMemoryAlignment);
  }
  system_source().deallocate(memory.device, memory.size, kMemoryAlignment);
}

void HostDevice::free_memory(const DeviceMemory& memory) noexcept {
  const std::lock_guard held(lock_);
  HostMemory* const found = memory_.find(memory.handle);
  if (found == nullptr) {
    violate(Violation("free_memory: no such memory, or freed before"));
    return;
  }
  if (in_use({memory.handle, 0, found->size})) {
    // It stays, so that what is pending has something to work on: a real device would fault here.
    violate(Violation("free_memory: a submission that is not complete uses it"));
    return;
  }
  ++counters_.memory_frees;
  --counters_.live_allocations;
  heaps_[info_.types[found->type].heap].bytes -= found->size;
  release(*found);
  const BufferLanes::Exclusive alone(buffers_);
  memory_.erase(memory.handle);
}

HostMemory* HostDevice::range_for_host(const DeviceMemory& memory, std::size_t offset,
                                       std::size_t size, std::string_view call) noexcept {
  HostMemory* const found = memory_.find(memory.handle);
  Violation what(call);
  if (found == nullptr) {
    violate(what.append(": no such memory"));
    return nullptr;
  }
  if (!info_.types[found->type].host_visible) {
    violate(what.append(": of memory that is not visible"));
    return nullptr;
  }
  const std::size_t atom = info_.non_coherent_atom;
  if (offset > found->size || size > found->size - offset) {
    violate(what.append(": outside of the memory"));
    return nullptr;
  }
  if (offset % atom != 0 || (size % atom != 0 && offset + size != found->size)) {
    violate(what.append(": a range from ")
                .append(offset)
                .append(" of ")
                .append(size)
                .append(" bytes is off the atom of ")
                .append(atom));
    return nullptr;
  }
  return found;
}

DeviceStatus HostDevice::flush(const DeviceMemory& memory, std::size_t offset,
                               std::size_t size) noexcept {
  const std::lock_guard held(lock_);
  if (is_lost()) return DeviceStatus::Lost;
  ++counters_.flushes;
  HostMemory* const found = range_for_host(memory, offset, size, "flush");
  if (found == nullptr) return DeviceStatus::Failed;
  if (found->host != found->device && size != 0) {
    std::memcpy(found->device + offset, found->host + offset, size);
  }
  return DeviceStatus::Ok;
}

DeviceStatus HostDevice::invalidate(const DeviceMemory& memory, std::size_t offset,
                                    std::size_t size) noexcept {
  const std::lock_guard held(lock_);
  if (is_lost()) return DeviceStatus::Lost;
  ++counters_.invalidates;
  HostMemory* const found = range_for_host(memory, offset, size, "invalidate");
  if (found == nullptr) return DeviceStatus::Failed;
  if (found->host != found->device && size != 0) {
    std::memcpy(found->host + offset, found->device + offset, size);
  }
  return DeviceStatus::Ok;
}

void HostDevice::query_budgets(std::span<DeviceHeapBudget> heaps) noexcept {
  const std::lock_guard held(lock_);
  if (!info_.reports_budget) return;
  for (std::size_t heap = 0; heap < heaps_.size() && heap < heaps.size(); ++heap) {
    heaps[heap].budget = heaps_[heap].budget;
    heaps[heap].usage = heaps_[heap].bytes + heaps_[heap].external;
    heaps[heap].measured = true;
  }
}

void HostDevice::set_budget(unsigned heap, std::size_t bytes) noexcept {
  const std::lock_guard held(lock_);
  if (heap < heaps_.size()) heaps_[heap].budget = bytes;
}

void HostDevice::set_external_usage(unsigned heap, std::size_t bytes) noexcept {
  const std::lock_guard held(lock_);
  if (heap < heaps_.size()) heaps_[heap].external = bytes;
}

void HostDevice::fail_memory_at(std::uint64_t n, bool sticky) noexcept {
  const std::lock_guard held(lock_);
  memory_fails_in_ = n;
  memory_keeps_failing_ = sticky;
  memory_failing_ = false;
}

std::size_t HostDevice::heap_bytes(unsigned heap, bool peak) noexcept {
  const std::lock_guard held(lock_);
  if (heap >= heaps_.size()) return 0;
  return peak ? heaps_[heap].peak : heaps_[heap].bytes;
}

}  // namespace framealloc::gpu::detail
