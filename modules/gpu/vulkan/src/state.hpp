// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything behind a VulkanBackend.
#pragma once

#include "buffer_origins.hpp"
#include "device_profile.hpp"
#include "functions.hpp"
#include "grow_array.hpp"
#include "loader.hpp"
#include "progress.hpp"
#include "queue_lane.hpp"

#include <framealloc/gpu/backend.hpp>

#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>

namespace framealloc::gpu::vulkan_detail {

/// An image that the transfer queue has released and the queue has not acquired.
struct ReleasedImage {
  std::uint64_t ticket = 0;  // of the batch
  CopyCommand::Image image;
};

struct State {
  VulkanLoader loader;  // first: it is closed last
  VulkanBackendConfig config;
  VulkanFunctions vk;
  DeviceProfile profile;
  Progress progress;
  QueueLane lane;
  QueueLane transfer;  // open only with a transfer queue of its own and timeline semaphores
  BufferOrigins origins;

  std::mutex mutex;  // of what follows
  GrowArray<ReleasedImage> released;
  GrowArray<LaneWait> holds;  // of the frame that is open

  /// Families that share buffers; they differ only with a transfer queue of another family.
  [[nodiscard]] bool shares_buffers() const noexcept {
    return transfer.is_open() && transfer.family() != lane.family();
  }
};

/// Result: what the requirements mean to the allocator.
[[nodiscard]] DeviceNeeds needs_from(const DeviceProfile& profile,
                                     const VkMemoryRequirements& requirements,
                                     const VkMemoryDedicatedRequirements& dedicated) noexcept;
[[nodiscard]] DeviceNeeds needs_of_image(const State& state, VkImage image) noexcept;
[[nodiscard]] DeviceNeeds needs_of_buffer(const State& state, VkBuffer buffer) noexcept;

/// Effect: debuggers show the name, where names are enabled and it is not empty.
void name_object(const State& state, VkObjectType type, std::uint64_t handle,
                 std::string_view name) noexcept;
/// Effect: the queue uses what the copies touch, see BufferOrigins.
void note_used(State& state, std::span<const CopyCommand> commands) noexcept;

}  // namespace framealloc::gpu::vulkan_detail
