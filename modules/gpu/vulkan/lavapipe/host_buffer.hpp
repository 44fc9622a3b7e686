// SPDX-License-Identifier: MIT OR Apache-2.0
// A buffer of the backend's with visible memory of its own, without an allocator.
#pragma once

#include <gtest/gtest.h>
#include <framealloc/gpu/vulkan/backend.hpp>

#include <cstddef>

namespace framealloc::gpu::vulkan_test {

inline constexpr BufferUsage kCopied = BufferUsage::TransferSrc | BufferUsage::TransferDst;

struct HostBuffer {
  HostBuffer(VulkanBackend& backend_, std::size_t size, BufferUsage usage = kCopied)
      : backend(backend_) {
    EXPECT_EQ(backend.create_buffer(size, usage, buffer), DeviceStatus::Ok);
    unsigned type = 0;
    const auto& types = backend.info().types;
    while (type < types.size() && !((buffer.needs.type_mask >> type & 1U) != 0 &&
                                    types[type].host_visible && types[type].host_coherent)) {
      ++type;
    }
    const DeviceMemoryRequest request{.type = type,
                                      .size = buffer.needs.size,
                                      .device_address = has(usage, BufferUsage::DeviceAddress)};
    EXPECT_EQ(backend.allocate_memory(request, memory), DeviceStatus::Ok);
    EXPECT_EQ(backend.bind_buffer(buffer.handle, memory, 0), DeviceStatus::Ok);
  }
  HostBuffer(const HostBuffer&) = delete;
  HostBuffer& operator=(const HostBuffer&) = delete;
  ~HostBuffer() {
    backend.destroy_buffer(buffer.handle);
    backend.free_memory(memory);
  }

  VulkanBackend& backend;
  DeviceBuffer buffer;
  DeviceMemory memory;
};

inline CopyCommand copy_of(const HostBuffer& src, const HostBuffer& dst, std::size_t size) {
  CopyCommand copy;
  copy.src = src.buffer.handle;
  copy.dst = dst.buffer.handle;
  copy.size = size;
  return copy;
}

}  // namespace framealloc::gpu::vulkan_test
