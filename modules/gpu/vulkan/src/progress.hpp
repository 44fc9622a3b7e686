// SPDX-License-Identifier: MIT OR Apache-2.0
// How far the queues have come, as serials of the allocator.
#pragma once

#include "functions.hpp"
#include "grow_array.hpp"

#include <framealloc/gpu/backend.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace framealloc::gpu::vulkan_detail {

/// A line of points that are reached in order: the submissions to one queue, or the ends of frames
/// that the caller's submissions signal.
enum class Line : std::uint8_t { Queue, Transfer, Frames };
inline constexpr unsigned kLines = 3;

/// A fence and the number of its users: it is used again when there is none.
struct FenceSlot {
  VkFence fence = VK_NULL_HANDLE;
  bool pending = false;
  std::uint32_t waiters = 0;
  FenceSlot* next = nullptr;
};

/// What a submission signals. Values of a line are dense, 1, 2, 3: Vulkan bounds how far the value
/// of a semaphore may jump, and serials jump.
struct Signal {
  Line line = Line::Queue;
  std::uint64_t value = 0;
  VkSemaphore semaphore = VK_NULL_HANDLE;  ///< with timeline semaphores
  FenceSlot* fence = nullptr;              ///< without
};

/// Every line has a timeline semaphore, or a fence for each submission. A serial is complete when
/// no line has a point up to it that is not reached, and no semaphore of others holds it back.
///
/// Thread contract: any thread, except prepare(), submitted() and abandon() of one line: one at a
/// time.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// Effect: makes the semaphores of the lines that there are.
  [[nodiscard]] VkResult open(const VulkanFunctions& functions, const VulkanBackendConfig& config,
                              bool with_transfer) noexcept;

  /// Effect: what the next submission of a line is to signal; it is noted with its serial, or
  /// abandoned, before the next one is prepared.
  [[nodiscard]] DeviceStatus prepare(Line line, Signal& signal) noexcept;
  /// `ticket`: what the program knows it by, for value_up_to().
  void submitted(const Signal& signal, std::uint64_t serial, std::uint64_t ticket = 0) noexcept;
  void abandon(const Signal& signal) noexcept;
  /// Effect: `serial` is not complete before the semaphore has the value. Result: false without
  /// memory.
  [[nodiscard]] bool hold(VkSemaphore semaphore, std::uint64_t value,
                          std::uint64_t serial) noexcept;
  /// Effect: no semaphore holds the serial any more.
  void drop_holds(std::uint64_t serial) noexcept;

  [[nodiscard]] VkSemaphore semaphore(Line line) const noexcept {
    return lines_[index(line)].semaphore;
  }
  /// Result: the value of the line's last point.
  [[nodiscard]] std::uint64_t last_value(Line line) const noexcept;
  /// Result: the highest value of the line that is known to be reached.
  [[nodiscard]] std::uint64_t reached(Line line) noexcept;
  /// Result: the value at which everything of the line up to the ticket has been reached.
  [[nodiscard]] std::uint64_t value_up_to(Line line, std::uint64_t ticket) noexcept;

  [[nodiscard]] std::uint64_t completed() noexcept;
  [[nodiscard]] DeviceStatus wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept;
  [[nodiscard]] DeviceStatus wait_idle() noexcept;
  [[nodiscard]] bool lost() const noexcept { return lost_.load(std::memory_order_relaxed); }
  /// Effect: notes the loss if there is one. Result: the result as a status.
  DeviceStatus note(VkResult result) noexcept;

 private:
  struct Point {
    std::uint64_t serial;
    std::uint64_t ticket;
    std::uint64_t value;
    FenceSlot* fence;
  };
  struct Points {
    VkSemaphore semaphore = VK_NULL_HANDLE;
    std::uint64_t last = 0;
    std::uint64_t reached = 0;
    GrowArray<Point> pending;
  };
  struct Hold {
    VkSemaphore semaphore;
    std::uint64_t value;
    std::uint64_t serial;
  };
  // What a wait looks at, collected under the lock.
  struct Awaited {
    static constexpr unsigned kMost = 16;
    std::array<VkSemaphore, kMost> semaphores{};
    std::array<std::uint64_t, kMost> values{};
    unsigned semaphore_count = 0;
    FenceSlot* fence = nullptr;
  };

  [[nodiscard]] static constexpr unsigned index(Line line) noexcept {
    return static_cast<unsigned>(line);
  }
  void poll_locked() noexcept;
  void poll_semaphore(Points& points) noexcept;
  void poll_fences(Points& points) noexcept;
  [[nodiscard]] std::uint64_t completed_locked() const noexcept;
  void collect_locked(std::uint64_t serial, Awaited& awaited) noexcept;
  [[nodiscard]] VkResult wait_for(const Awaited& awaited, std::uint64_t nanoseconds) noexcept;
  [[nodiscard]] FenceSlot* free_fence_locked() noexcept;

  const VulkanFunctions* functions_ = nullptr;
  VkDevice device_ = VK_NULL_HANDLE;
  const VkAllocationCallbacks* callbacks_ = nullptr;
  mutable std::mutex mutex_;
  std::array<Points, kLines> lines_;
  GrowArray<Hold> holds_;
  FenceSlot* fences_ = nullptr;
  std::uint64_t last_serial_ = 0;
  std::atomic<bool> lost_{false};
};

}  // namespace framealloc::gpu::vulkan_detail
