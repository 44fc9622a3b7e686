// SPDX-License-Identifier: MIT OR Apache-2.0
// What a Vulkan backend is made with, and what it tells your submissions to wait for.
#pragma once

#include <vulkan/vulkan.h>

#include <cstdint>

namespace framealloc::gpu {

/// Nothing here is created or destroyed by the library; all of it outlives the backend.
struct VulkanBackendConfig {
  VkInstance instance = VK_NULL_HANDLE;
  VkPhysicalDevice physical_device = VK_NULL_HANDLE;
  VkDevice device = VK_NULL_HANDLE;
  VkQueue queue = VK_NULL_HANDLE;  ///< transfers and the ends of frames are submitted here
  std::uint32_t queue_family = 0;
  /// Where set, uploads go here: batches whose sources the CPU alone can write, as those with the
  /// usage of Staging. Others stay on `queue`, whose work they may need. It is used only with
  /// timeline_semaphore. See wait_for().
  VkQueue transfer_queue = VK_NULL_HANDLE;
  std::uint32_t transfer_family = 0;
  /// For which instance and device were made.
  std::uint32_t api_version = VK_API_VERSION_1_1;
  /// Every Vulkan function is looked up through it, and none is called that was not. Null: the
  /// loader's, from the shared library of the system, opened at run time.
  PFN_vkGetInstanceProcAddr get_instance_proc_addr = nullptr;
  /// Passed to every call that takes them.
  const VkAllocationCallbacks* callbacks = nullptr;
  // What you have enabled on the device (Vulkan cannot be asked).
  bool timeline_semaphore = false;  ///< without them fences do
  bool buffer_device_address = false;
  bool memory_budget = false;    ///< VK_EXT_memory_budget
  bool memory_priority = false;  ///< VK_EXT_memory_priority
  bool debug_utils = false;      ///< names reach the debugger
  /// True: the end of a frame is signaled by your last submission of it, see frame_signal(), which
  /// must be made before end_gpu_frame(); needs timeline_semaphore. False: end_gpu_frame() makes a
  /// submission of its own for that.
  bool caller_signals_frames = false;
};

/// For VkTimelineSemaphoreSubmitInfo, or VkSemaphoreSubmitInfo.
struct VulkanWait {
  VkSemaphore semaphore = VK_NULL_HANDLE;  ///< null: nothing to wait for
  std::uint64_t value = 0;
};

}  // namespace framealloc::gpu
