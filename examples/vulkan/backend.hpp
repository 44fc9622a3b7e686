// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc's backend on a device: the handles that an engine has already.
#pragma once

#include "vulkan/device.hpp"
#include "vulkan/probe.hpp"

#include <framealloc/gpu/vulkan.hpp>

namespace vulkan_device {

// Result: the backend or its error. `probed`: it asks the device through the Probe that is there.
inline auto backend(const Device& device, bool probed) {
  return framealloc::gpu::VulkanBackend::create(
      {.instance = device.instance,
       .physical_device = device.physical,
       .device = device.device,
       .queue = device.queue,
       .queue_family = device.family,
       .api_version = VK_API_VERSION_1_2,
       .get_instance_proc_addr = probed ? &Probe::get : device.getter,
       .timeline_semaphore = true,
       .memory_budget = probed});
}

}  // namespace vulkan_device
