// SPDX-License-Identifier: MIT OR Apache-2.0
#include "host/host_device.hpp"

#include <algorithm>
#include <cstring>

namespace framealloc::gpu::detail {
namespace {

constexpr std::size_t kBufferAlignment = 16;

bool any(BufferUsage set, BufferUsage bits) noexcept { return (set & bits) != BufferUsage::None; }

}  // namespace

DeviceNeeds HostDevice::needs_of(std::size_t size, BufferUsage usage) const noexcept {
  DeviceNeeds needs;
  needs.alignment = kBufferAlignment;
  if (has(usage, BufferUsage::UniformBuffer)) {
    needs.alignment = std::max(needs.alignment, info_.min_uniform_alignment);
  }
  if (has(usage, BufferUsage::StorageBuffer)) {
    needs.alignment = std::max(needs.alignment, info_.min_storage_alignment);
  }
  if (any(usage, BufferUsage::UniformTexelBuffer | BufferUsage::StorageTexelBuffer)) {
    needs.alignment = std::max(needs.alignment, info_.min_texel_alignment);
  }
  // A size that cannot be rounded stays as it is: no memory has room for it.
  needs.size = size > SIZE_MAX - kBufferAlignment
                   ? size
                   : (size + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
  const bool upload_only = usage == BufferUsage::TransferSrc;
  for (std::size_t type = 0; type < info_.types.size(); ++type) {
    if (!exists(type)) continue;
    if (visible_for_upload_only_ && info_.types[type].host_visible && !upload_only) continue;
    needs.type_mask |= std::uint32_t{1} << type;
  }
  return needs;
}

DeviceStatus HostDevice::create_buffer(std::size_t size, BufferUsage usage,
                                       DeviceBuffer& buffer) noexcept {
  if (is_lost()) return DeviceStatus::Lost;
  if (size == 0 || usage == BufferUsage::None) {
    violate(Violation("create_buffer: no size or no usage"));
    return DeviceStatus::Failed;
  }
  HostBuffer made;
  made.size = size;
  made.usage = usage;
  made.needs = needs_of(size, usage);
  buffer.needs = made.needs;
  buffer.handle = buffers_.insert(made);
  return buffer.handle == 0 ? DeviceStatus::OutOfMemory : DeviceStatus::Ok;
}

std::unique_lock<std::mutex> HostDevice::hold_pending() noexcept {
  std::unique_lock held(lock_, std::defer_lock);
  if (pending_.load(std::memory_order_acquire)) held.lock();
  return held;
}

DeviceStatus HostDevice::bind_buffer(std::uint64_t handle, const DeviceMemory& memory,
                                     std::size_t offset) noexcept {
  if (is_lost()) return DeviceStatus::Lost;
  std::string_view wrong;
  const std::unique_lock pending = hold_pending();
  buffers_.with(handle, [&](HostBuffer* buffer) {
    const HostMemory* const found = memory_.find(memory.handle);
    if (buffer == nullptr || found == nullptr || buffer->memory != 0) {
      wrong = buffer == nullptr  ? "bind_buffer: no such buffer"
              : found == nullptr ? "bind_buffer: no such memory"
                                 : "bind_buffer: bound before";
      return;
    }
    const DeviceNeeds& needs = buffer->needs;
    if (offset % needs.alignment != 0) {
      wrong = "bind_buffer: the offset is not aligned as the buffer needs";
    } else if (offset > found->size || needs.size > found->size - offset) {
      wrong = "bind_buffer: outside of the memory";
    } else if ((needs.type_mask >> found->type & 1) == 0) {
      wrong = "bind_buffer: memory of a type that the buffer cannot have";
    } else if (has(buffer->usage, BufferUsage::DeviceAddress) && !found->device_address) {
      wrong = "bind_buffer: memory without device addresses for a buffer with DeviceAddress";
    } else if (pending.owns_lock() && in_use({memory.handle, offset, buffer->size})) {
      wrong = "bind_buffer: memory reused while a submission that is not complete uses it";
    } else {
      buffer->memory = memory.handle;
      buffer->offset = offset;
    }
  });
  if (wrong.empty()) return DeviceStatus::Ok;
  violate(Violation(wrong));
  return DeviceStatus::Failed;
}

void HostDevice::destroy_buffer(std::uint64_t handle) noexcept {
  const std::unique_lock pending = hold_pending();
  HostBuffer buffer;
  if (!buffers_.take(handle, buffer)) {
    violate(Violation("destroy_buffer: no such buffer, or destroyed before"));
    return;
  }
  if (pending.owns_lock() && buffer.memory != 0 &&
      in_use({buffer.memory, buffer.offset, buffer.size})) {
    violate(Violation("destroy_buffer: a submission that is not complete uses it"));
  }
}

std::uint64_t HostDevice::device_address(std::uint64_t handle) noexcept {
  const std::uint64_t address = buffers_.with(handle, [&](const HostBuffer* buffer) {
    const HostMemory* const memory = buffer == nullptr ? nullptr : memory_.find(buffer->memory);
    if (memory == nullptr || !has(buffer->usage, BufferUsage::DeviceAddress))
      return std::uintptr_t{0};
    return reinterpret_cast<std::uintptr_t>(memory->device + buffer->offset);
  });
  if (address == 0)
    violate(Violation("device_address: of a buffer without memory or without that usage"));
  return address;
}

void HostDevice::read_device(std::uint64_t handle, std::size_t offset,
                             std::span<std::byte> bytes) noexcept {
  const std::lock_guard held(lock_);
  HostBuffer buffer;
  if (!buffers_.look(handle, buffer)) return;
  const HostMemory* const memory = memory_.find(buffer.memory);
  if (memory == nullptr || bytes.empty() || offset > buffer.size ||
      bytes.size() > buffer.size - offset) {
    return;
  }
  std::memcpy(bytes.data(), memory->device + buffer.offset + offset, bytes.size());
}

}  // namespace framealloc::gpu::detail
