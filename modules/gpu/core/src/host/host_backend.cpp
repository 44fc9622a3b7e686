// SPDX-License-Identifier: MIT OR Apache-2.0
#include "host/host_device.hpp"

#include <framealloc/gpu/buffer.hpp>
#include <framealloc/gpu/host_backend.hpp>

namespace framealloc::gpu {

HostBackend::HostBackend(const HostBackendConfig& config) noexcept
    : device_(std::make_unique<detail::HostDevice>(config)) {}
HostBackend::~HostBackend() = default;

std::string_view HostBackend::name() const noexcept { return "host"; }
const GpuDeviceInfo& HostBackend::info() const noexcept { return device_->info(); }

void HostBackend::set_budget(unsigned heap, std::size_t bytes) noexcept {
  device_->set_budget(heap, bytes);
}
void HostBackend::set_external_usage(unsigned heap, std::size_t bytes) noexcept {
  device_->set_external_usage(heap, bytes);
}
void HostBackend::fail_memory_at(std::uint64_t n, bool sticky) noexcept {
  device_->fail_memory_at(n, sticky);
}
void HostBackend::fail_submit_at(std::uint64_t n) noexcept { device_->fail_submit_at(n); }
void HostBackend::lose_device() noexcept { device_->lose(); }
void HostBackend::set_completion(HostCompletion mode) noexcept { device_->set_completion(mode); }
void HostBackend::complete() noexcept { device_->run_until(UINT64_MAX); }
std::size_t HostBackend::pending() const noexcept { return device_->pending(); }

std::vector<std::byte> HostBackend::device_bytes(const GpuBuffer& buffer) const noexcept {
  std::vector<std::byte> bytes(buffer.size());
  device_->read_device(buffer.raw_handle(), buffer.offset(), bytes);
  return bytes;
}
void HostBackend::dispatch(GpuBuffer& buffer,
                           void (*kernel)(std::span<std::byte> bytes, void* context),
                           void* context) noexcept {
  device_->dispatch(buffer.raw_handle(), buffer.offset(), buffer.size(), kernel, context);
}

HostBackendCounters HostBackend::counters() const noexcept { return device_->counters(); }
std::size_t HostBackend::heap_bytes(unsigned heap) const noexcept {
  return device_->heap_bytes(heap, false);
}
std::size_t HostBackend::heap_peak_bytes(unsigned heap) const noexcept {
  return device_->heap_bytes(heap, true);
}
std::string HostBackend::last_violation() const noexcept {
  return std::string(device_->last_violation().view());
}

DeviceStatus HostBackend::allocate_memory(const DeviceMemoryRequest& request,
                                          DeviceMemory& memory) noexcept {
  return device_->allocate_memory(request, memory);
}
void HostBackend::free_memory(const DeviceMemory& memory) noexcept { device_->free_memory(memory); }
DeviceNeeds HostBackend::needs_of(std::size_t size, BufferUsage usage) noexcept {
  return device_->needs_of(size, usage);
}
DeviceStatus HostBackend::create_buffer(std::size_t size, BufferUsage usage,
                                        DeviceBuffer& buffer) noexcept {
  return device_->create_buffer(size, usage, buffer);
}
DeviceStatus HostBackend::bind_buffer(std::uint64_t buffer, const DeviceMemory& memory,
                                      std::size_t offset) noexcept {
  return device_->bind_buffer(buffer, memory, offset);
}
void HostBackend::destroy_buffer(std::uint64_t buffer) noexcept { device_->destroy_buffer(buffer); }
std::uint64_t HostBackend::device_address(std::uint64_t buffer) noexcept {
  return device_->device_address(buffer);
}
DeviceStatus HostBackend::flush(const DeviceMemory& memory, std::size_t offset,
                                std::size_t size) noexcept {
  return device_->flush(memory, offset, size);
}
DeviceStatus HostBackend::invalidate(const DeviceMemory& memory, std::size_t offset,
                                     std::size_t size) noexcept {
  return device_->invalidate(memory, offset, size);
}
void HostBackend::query_budgets(std::span<DeviceHeapBudget> heaps) noexcept {
  device_->query_budgets(heaps);
}
DeviceStatus HostBackend::submit(std::span<const CopyCommand> commands, std::uint64_t serial,
                                 Ticket) noexcept {
  return device_->submit(commands, serial);
}
DeviceStatus HostBackend::signal(std::uint64_t serial) noexcept {
  return device_->submit({}, serial);
}
bool HostBackend::ends_frames_with(std::span<const CopyCommand>) noexcept { return true; }
DeviceStatus HostBackend::submit_and_signal(std::span<const CopyCommand> commands,
                                            std::uint64_t serial) noexcept {
  return submit(commands, serial);
}
std::uint64_t HostBackend::completed() noexcept { return device_->completed(); }
DeviceStatus HostBackend::wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept {
  return device_->wait(serial, timeout);
}
DeviceStatus HostBackend::wait_idle() noexcept { return device_->wait_idle(); }
bool HostBackend::is_lost() noexcept { return device_->is_lost(); }

bool HostBackend::sees_every_submission() const noexcept { return true; }

}  // namespace framealloc::gpu
