// SPDX-License-Identifier: MIT OR Apache-2.0
// A queue of the caller's, and the library's command buffers for it.
#pragma once

#include "functions.hpp"
#include "grow_array.hpp"
#include "progress.hpp"

#include <framealloc/gpu/backend.hpp>

#include <cstdint>
#include <span>

namespace framealloc::gpu::vulkan_detail {

/// Something that a submission waits for. Without timeline semaphores the value is ignored.
struct LaneWait {
  VkSemaphore semaphore = VK_NULL_HANDLE;
  std::uint64_t value = 0;
};

/// Thread contract: one thread at a time, which may use the queue.
class QueueLane {
 public:
  QueueLane() = default;
  QueueLane(const QueueLane&) = delete;
  QueueLane& operator=(const QueueLane&) = delete;
  /// Requirement: nothing that it has submitted is still running.
  ~QueueLane();

  [[nodiscard]] VkResult open(const VulkanFunctions& functions, const VulkanBackendConfig& config,
                              VkQueue queue, std::uint32_t family, Line line,
                              Progress& progress) noexcept;
  [[nodiscard]] bool is_open() const noexcept { return pool_ != VK_NULL_HANDLE; }
  [[nodiscard]] std::uint32_t family() const noexcept { return family_; }
  [[nodiscard]] Line line() const noexcept { return line_; }

  /// Effect: one submission of the copies; none of them: only the signal. Images go to the family
  /// `owner` afterward.
  [[nodiscard]] DeviceStatus submit(std::span<const CopyCommand> commands, std::uint64_t serial,
                                    std::uint32_t owner, std::span<const LaneWait> waits,
                                    std::uint64_t ticket = 0) noexcept;

 private:
  static constexpr std::size_t kMostWaits = 16;
  struct Slot {
    VkCommandBuffer commands;
    std::uint64_t value;  // of the line: free again when it is reached
  };
  [[nodiscard]] DeviceStatus take_slot(std::size_t& index) noexcept;
  [[nodiscard]] DeviceStatus record(VkCommandBuffer buffer, std::span<const CopyCommand> commands,
                                    std::uint32_t owner) noexcept;
  [[nodiscard]] DeviceStatus send(const VkCommandBuffer* commands, const Signal& signal,
                                  std::span<const LaneWait> waits) noexcept;

  const VulkanFunctions* functions_ = nullptr;
  VkDevice device_ = VK_NULL_HANDLE;
  const VkAllocationCallbacks* callbacks_ = nullptr;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::uint32_t family_ = 0;
  Line line_ = Line::Queue;
  Progress* progress_ = nullptr;
  VkCommandPool pool_ = VK_NULL_HANDLE;
  GrowArray<Slot> slots_;
};

}  // namespace framealloc::gpu::vulkan_detail
