// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies as commands of Vulkan, with the barriers that make them happen as if one after another.
#pragma once

#include "functions.hpp"

#include <framealloc/gpu/backend.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace framealloc::gpu::vulkan_detail {

/// The families between which images are handed over; equal: they stay where they are.
struct Handover {
  std::uint32_t from = VK_QUEUE_FAMILY_IGNORED;
  std::uint32_t to = VK_QUEUE_FAMILY_IGNORED;
  [[nodiscard]] bool needed() const noexcept { return from != to; }
};

/// Result: the barrier that takes an image from its transfer layout to where it goes; the same on
/// both sides of a hand-over.
[[nodiscard]] VkImageMemoryBarrier leave_transfer_barrier(const CopyCommand::Image& image,
                                                          const Handover& handover) noexcept;

/// Records one batch. A barrier stands between two commands only if the later one touches what the
/// earlier one wrote, or writes what it read; of what has been touched since the last barrier it
/// knows kRegions regions, and sets a barrier when there are more.
class CopyRecorder {
 public:
  static constexpr unsigned kRegions = 64;

  CopyRecorder(const VulkanFunctions& functions, VkCommandBuffer commands,
               const Handover& handover) noexcept
      : functions_(functions), commands_(commands), handover_(handover) {}

  /// Effect: everything, with a barrier against what the queue was given before in front and one
  /// against what it is given afterward behind.
  void record(std::span<const CopyCommand> commands) noexcept;

 private:
  struct Region {
    std::uint64_t buffer;
    std::uint64_t begin, end;
    bool written;
  };
  [[nodiscard]] bool conflicts(const Region& region) const noexcept;
  // Effect: a barrier first if one of the two conflicts, or there is no room for them.
  void note(const Region& source, const Region* destination) noexcept;
  void flush() noexcept;
  void copy_buffer(const CopyCommand& command) noexcept;
  void copy_image(const CopyCommand& command) noexcept;
  void memory_barrier(VkPipelineStageFlags from, VkPipelineStageFlags to, VkAccessFlags written,
                      VkAccessFlags used) noexcept;

  const VulkanFunctions& functions_;
  VkCommandBuffer commands_;
  Handover handover_;
  std::array<Region, kRegions> regions_;
  unsigned region_count_ = 0;
  // Copies between one pair of buffers become one command.
  std::uint64_t src_ = 0, dst_ = 0;
  std::array<VkBufferCopy, kRegions> copies_;
  unsigned copy_count_ = 0;
};

}  // namespace framealloc::gpu::vulkan_detail
