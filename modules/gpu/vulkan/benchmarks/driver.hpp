// SPDX-License-Identifier: MIT OR Apache-2.0
// What the driver alone costs a buffer, without any allocator.
#pragma once

#include "vulkan/device.hpp"

#include <cstddef>
#include <span>

namespace bench {

/// Creates, asks for the needs of, binds and destroys buffers, in one memory that is made once.
/// Thread contract: any thread.
class Driver {
 public:
  explicit Driver(const vulkan_device::Device& device);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  /// Result: false if one failed.
  [[nodiscard]] bool create_and_destroy(std::span<const std::size_t> sizes);

 private:
  const vulkan_device::Device& device_;
  PFN_vkCreateBuffer create_;
  PFN_vkGetBufferMemoryRequirements2 needs_;
  PFN_vkBindBufferMemory bind_;
  PFN_vkDestroyBuffer destroy_;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
};

}  // namespace bench
