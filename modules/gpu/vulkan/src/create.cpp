// SPDX-License-Identifier: MIT OR Apache-2.0
// How a backend begins and ends.
#include "state.hpp"

#include <framealloc/gpu/vulkan/backend.hpp>

#include <algorithm>
#include <new>

namespace framealloc::gpu {
namespace {

using vulkan_detail::Line;
using vulkan_detail::State;

Error fail(Code code, std::string_view first, std::string_view second = {},
           std::string_view third = {}) noexcept {
  Error error;
  error.code = code;
  error.message.append("VulkanBackend: ").append(first).append(second).append(third);
  return error;
}

/// Result: the name of the handle that is missing, or null.
const char* missing_handle(const VulkanBackendConfig& config) noexcept {
  if (config.instance == VK_NULL_HANDLE) return "instance";
  if (config.physical_device == VK_NULL_HANDLE) return "physical_device";
  if (config.device == VK_NULL_HANDLE) return "device";
  if (config.queue == VK_NULL_HANDLE) return "queue";
  return nullptr;
}

/// Result: the version that instance and device both have; 0 when it cannot be asked.
std::uint32_t common_version(PFN_vkGetInstanceProcAddr getter,
                             const VulkanBackendConfig& config) noexcept {
  const auto get = reinterpret_cast<PFN_vkGetPhysicalDeviceProperties>(
      getter(config.instance, "vkGetPhysicalDeviceProperties"));
  if (get == nullptr) return 0;
  VkPhysicalDeviceProperties properties{};
  get(config.physical_device, &properties);
  return std::min(config.api_version, properties.apiVersion);
}

Result<void> find_functions(State& state) noexcept {
  VulkanBackendConfig& config = state.config;
  PFN_vkGetInstanceProcAddr getter = config.get_instance_proc_addr;
  if (getter == nullptr) getter = state.loader.open();
  if (getter == nullptr) {
    return fail(Code::FA419,
                "there is no Vulkan library (libvulkan.so.1) with vkGetInstanceProcAddr; install "
                "the loader, or set get_instance_proc_addr");
  }
  const std::uint32_t version = common_version(getter, config);
  if (version == 0) {
    return fail(Code::FA419, "the function vkGetPhysicalDeviceProperties cannot be found");
  }
  if (version < VK_API_VERSION_1_1) {
    return fail(Code::FA418, "the device, or api_version, is below Vulkan 1.1, which it needs");
  }
  if (const char* const missing = state.vk.load(getter, config, version)) {
    return fail(Code::FA419, "the function ", missing,
                " cannot be found; is the extension or feature that brings it enabled?");
  }
  return {};
}

Result<void> open_queues(State& state) noexcept {
  const VulkanBackendConfig& config = state.config;
  const bool with_transfer = config.timeline_semaphore && config.transfer_queue != VK_NULL_HANDLE &&
                             config.transfer_queue != config.queue;
  VkResult made = state.progress.open(state.vk, config, with_transfer);
  if (made == VK_SUCCESS) {
    made = state.lane.open(state.vk, config, config.queue, config.queue_family, Line::Queue,
                           state.progress);
  }
  if (made == VK_SUCCESS && with_transfer) {
    made = state.transfer.open(state.vk, config, config.transfer_queue, config.transfer_family,
                               Line::Transfer, state.progress);
  }
  if (made == VK_SUCCESS) return {};
  return fail(Code::FA419, "the driver could not make a command pool or a semaphore for the queue");
}

}  // namespace

VulkanBackend::VulkanBackend(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

VulkanBackend::~VulkanBackend() { static_cast<void>(state_->progress.wait_idle()); }

Result<std::unique_ptr<VulkanBackend>> VulkanBackend::create(
    const VulkanBackendConfig& config) noexcept {
  if (const char* const missing = missing_handle(config)) {
    return fail(Code::FA010, "VulkanBackendConfig::", missing,
                " is VK_NULL_HANDLE; give it the handle that you have made");
  }
  if (config.caller_signals_frames && !config.timeline_semaphore) {
    return fail(Code::FA010,
                "caller_signals_frames needs timeline_semaphore: enable the feature on the device, "
                "or let end_gpu_frame() signal");
  }
  std::unique_ptr<State> state(new (std::nothrow) State);
  if (state == nullptr) return fail(Code::FA012, "no memory for the backend");
  state->config = config;
  if (auto found = find_functions(*state); !found) return found.error();
  state->profile.read(state->vk, config);
  if (state->profile.info().types.empty()) {
    return fail(Code::FA418, "the device has no memory type that a program may use");
  }
  if (auto opened = open_queues(*state); !opened) return opened.error();
  std::unique_ptr<VulkanBackend> backend(new (std::nothrow) VulkanBackend(std::move(state)));
  if (backend == nullptr) return fail(Code::FA012, "no memory for the backend");
  return backend;
}

std::string_view VulkanBackend::name() const noexcept { return "Vulkan"; }

const GpuDeviceInfo& VulkanBackend::info() const noexcept { return state_->profile.info(); }

}  // namespace framealloc::gpu
