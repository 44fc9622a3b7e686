// SPDX-License-Identifier: MIT OR Apache-2.0
// Images and foreign resources with memory of a GPU allocator.
#pragma once

#include <vulkan/vulkan.h>
#include <framealloc/fwd.hpp>
#include <framealloc/gpu/resource_memory.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc::gpu {

namespace vulkan_detail {
struct ImageAccess;
}

/// An image and its memory. Move-only; retired as a GpuBuffer is: image and memory stay until the
/// GPU has completed the frame in which it ended. Thread contract: as GpuBuffer.
class VulkanImage {
 public:
  VulkanImage() = default;
  VulkanImage(VulkanImage&& other) noexcept
      : memory_(std::move(other.memory_)), info_(std::exchange(other.info_, Info{})) {}
  VulkanImage& operator=(VulkanImage&& other) noexcept {
    memory_ = std::move(other.memory_);
    info_ = std::exchange(other.info_, Info{});
    return *this;
  }
  ~VulkanImage() = default;
  /// Result: whether there is an image, and an allocator that its memory is of.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(memory_); }
  /// Result: VK_NULL_HANDLE for an empty one.
  [[nodiscard]] VkImage image() const noexcept;
  /// Result: bytes of memory.
  [[nodiscard]] std::size_t size() const noexcept { return memory_.size(); }

 private:
  friend struct vulkan_detail::ImageAccess;
  // What an upload is checked against.
  struct Info {
    VkFormat format = VK_FORMAT_UNDEFINED;
    VkExtent3D extent{};
    std::uint32_t mips = 0, layers = 0;
    VkImageUsageFlags usage = 0;
    const SmartAlloc* host = nullptr;  // of the allocator; there while the memory is
  };
  ResourceMemory memory_;
  Info info_;
};

/// Memory for a resource that you make and bind yourself, and destroy once the GPU is done with it.
/// Move-only; retired as a GpuBuffer is. Thread contract: as GpuBuffer.
class VulkanMemory {
 public:
  VulkanMemory() = default;
  VulkanMemory(VulkanMemory&&) noexcept = default;
  VulkanMemory& operator=(VulkanMemory&&) noexcept = default;
  ~VulkanMemory() = default;
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(memory_); }
  /// Result: VK_NULL_HANDLE for an empty one.
  [[nodiscard]] VkDeviceMemory memory() const noexcept;
  /// Result, both: bytes. The memory's end is at least the size that the resource asked for.
  [[nodiscard]] VkDeviceSize offset() const noexcept { return memory_.offset(); }
  [[nodiscard]] VkDeviceSize size() const noexcept { return memory_.size(); }
  /// Result: its first byte where the memory is mapped, else null.
  [[nodiscard]] std::byte* mapped() const noexcept { return memory_.mapped(); }

 private:
  friend class VulkanBackend;
  explicit VulkanMemory(ResourceMemory&& memory) noexcept : memory_(std::move(memory)) {}
  ResourceMemory memory_;
};

}  // namespace framealloc::gpu
