// SPDX-License-Identifier: MIT OR Apache-2.0
// Vulkan's handles as the integers of the GPU module, and its results as the module's.
#pragma once

#include <vulkan/vulkan.h>
#include <framealloc/gpu/backend.hpp>

#include <cstdint>
#include <type_traits>

namespace framealloc::gpu::vulkan_detail {

/// Vulkan's handles are pointers on 64-bit systems, and integers where pointers are shorter.
template <class Handle>
[[nodiscard]] std::uint64_t to_raw(Handle handle) noexcept {
  if constexpr (std::is_pointer_v<Handle>) {
    return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(handle));
  } else {
    return static_cast<std::uint64_t>(handle);
  }
}

template <class Handle>
[[nodiscard]] Handle from_raw(std::uint64_t raw) noexcept {
  if constexpr (std::is_pointer_v<Handle>) {
    return reinterpret_cast<Handle>(static_cast<std::uintptr_t>(raw));
  } else {
    return static_cast<Handle>(raw);
  }
}

[[nodiscard]] constexpr DeviceStatus status_of(VkResult result) noexcept {
  switch (result) {
    case VK_SUCCESS:
      return DeviceStatus::Ok;
    case VK_TIMEOUT:
    case VK_NOT_READY:
      return DeviceStatus::Timeout;
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    case VK_ERROR_TOO_MANY_OBJECTS:
    case VK_ERROR_MEMORY_MAP_FAILED:
      return DeviceStatus::OutOfMemory;
    case VK_ERROR_DEVICE_LOST:
      return DeviceStatus::Lost;
    case VK_ERROR_FEATURE_NOT_PRESENT:
    case VK_ERROR_EXTENSION_NOT_PRESENT:
    case VK_ERROR_FORMAT_NOT_SUPPORTED:
      return DeviceStatus::Unsupported;
    default:
      return DeviceStatus::Failed;
  }
}

}  // namespace framealloc::gpu::vulkan_detail
