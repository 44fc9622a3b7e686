// SPDX-License-Identifier: MIT OR Apache-2.0
// A device of lavapipe's with a Vulkan backend on it, as the tests want it.
#pragma once

#include "vulkan/device.hpp"
#include "vulkan/probe.hpp"

#include <gtest/gtest.h>
#include <framealloc/gpu/vulkan/backend.hpp>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace framealloc::gpu::vulkan_test {

struct RigOptions {
  bool timeline = true;
  bool discrete = false;  // the probe presents a discrete GPU
  bool caller_signals = false;
  bool second_queue = false;  // the probe presents a transfer queue of another family
  bool addresses = false;
  bool names = false;
  bool budget = false;  // presented by the probe: lavapipe has none
  const VkAllocationCallbacks* callbacks = nullptr;
};

// At its end the validation layer must have said nothing, and no device memory may be left.
struct Rig {
  explicit Rig(const RigOptions& options = {}) {
    setenv("VK_ICD_FILENAMES", FRAMEALLOC_VULKAN_ICD, 1);
    device.emplace(vulkan_device::Options{.timeline = options.timeline,
                                          .addresses = options.addresses,
                                          .validate = true,
                                          .names = options.names});
    error = device->error();
    if (!error.empty()) return;
    probe.emplace(device->getter, device->instance, options.discrete);
    config.instance = device->instance;
    config.physical_device = device->physical;
    config.device = device->device;
    config.queue = device->queue;
    config.queue_family = device->family;
    config.api_version = VK_API_VERSION_1_2;
    config.get_instance_proc_addr = &vulkan_device::Probe::get;
    config.callbacks = options.callbacks;
    config.timeline_semaphore = options.timeline;
    config.buffer_device_address = options.addresses;
    config.memory_budget = options.budget;
    config.debug_utils = options.names;
    config.caller_signals_frames = options.caller_signals;
    if (options.second_queue) {
      config.transfer_queue = probe->second_queue(device->queue);
      config.transfer_family = vulkan_device::Probe::kSecondFamily;
    }
    auto made = VulkanBackend::create(config);
    if (made) {
      backend = std::move(*made);
    } else {
      error = made.error().message.view();
    }
  }
  ~Rig() {
    backend.reset();
    if (probe) {
      EXPECT_EQ(probe->counts().live_bytes, 0U);
      EXPECT_EQ(probe->counts().violations, 0U);
    }
    if (device) {
      EXPECT_EQ(device->messages(), 0U) << device->last_message();
    }
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  std::optional<vulkan_device::Device> device;
  std::optional<vulkan_device::Probe> probe;
  VulkanBackendConfig config;
  std::unique_ptr<VulkanBackend> backend;
  std::string error;
};

}  // namespace framealloc::gpu::vulkan_test
