// SPDX-License-Identifier: MIT OR Apache-2.0
#include "copy_recorder.hpp"

#include "handles.hpp"

namespace framealloc::gpu::vulkan_detail {
namespace {

constexpr VkAccessFlags kTransferAccess =
    VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
constexpr VkAccessFlags kAnyAccess = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;

VkImageMemoryBarrier barrier_of(const CopyCommand::Image& image) noexcept {
  VkImageMemoryBarrier barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
  barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.image = from_raw<VkImage>(image.handle);
  barrier.subresourceRange = {image.aspect, image.mip, 1, image.layer, 1};
  return barrier;
}

}  // namespace

VkImageMemoryBarrier leave_transfer_barrier(const CopyCommand::Image& image,
                                            const Handover& handover) noexcept {
  VkImageMemoryBarrier barrier = barrier_of(image);
  barrier.oldLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
  barrier.newLayout = static_cast<VkImageLayout>(image.layout_after);
  if (handover.needed()) {
    barrier.srcQueueFamilyIndex = handover.from;
    barrier.dstQueueFamilyIndex = handover.to;
  }
  return barrier;
}

void CopyRecorder::memory_barrier(VkPipelineStageFlags from, VkPipelineStageFlags to,
                                  VkAccessFlags written, VkAccessFlags used) noexcept {
  VkMemoryBarrier barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
  barrier.srcAccessMask = written;
  barrier.dstAccessMask = used;
  functions_.vkCmdPipelineBarrier(commands_, from, to, 0, 1, &barrier, 0, nullptr, 0, nullptr);
}

bool CopyRecorder::conflicts(const Region& region) const noexcept {
  for (unsigned i = 0; i < region_count_; ++i) {
    const Region& other = regions_[i];
    if (other.buffer == region.buffer && (other.written || region.written) &&
        other.begin < region.end && region.begin < other.end) {
      return true;
    }
  }
  return false;
}

void CopyRecorder::note(const Region& source, const Region* destination) noexcept {
  const bool conflict = conflicts(source) || (destination != nullptr && conflicts(*destination));
  if (conflict || region_count_ + 2 > kRegions) {
    flush();
    memory_barrier(VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT,
                   VK_ACCESS_TRANSFER_WRITE_BIT, kTransferAccess);
    region_count_ = 0;
  }
  regions_[region_count_++] = source;
  if (destination != nullptr) regions_[region_count_++] = *destination;
}

void CopyRecorder::flush() noexcept {
  if (copy_count_ == 0) return;
  functions_.vkCmdCopyBuffer(commands_, from_raw<VkBuffer>(src_), from_raw<VkBuffer>(dst_),
                             copy_count_, copies_.data());
  copy_count_ = 0;
}

void CopyRecorder::copy_buffer(const CopyCommand& command) noexcept {
  const Region source{command.src, command.src_offset, command.src_offset + command.size, false};
  const Region destination{command.dst, command.dst_offset, command.dst_offset + command.size,
                           true};
  note(source, &destination);
  if (copy_count_ != 0 && (src_ != command.src || dst_ != command.dst)) flush();
  src_ = command.src;
  dst_ = command.dst;
  copies_[copy_count_++] = {command.src_offset, command.dst_offset, command.size};
}

void CopyRecorder::copy_image(const CopyCommand& command) noexcept {
  note({command.src, command.src_offset, command.src_offset + command.size, false}, nullptr);
  flush();
  VkImageMemoryBarrier enter = barrier_of(command.image);
  enter.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT;
  enter.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
  enter.oldLayout = static_cast<VkImageLayout>(command.image.layout_before);
  enter.newLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
  functions_.vkCmdPipelineBarrier(commands_, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                                  VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, nullptr, 0, nullptr, 1,
                                  &enter);
  VkBufferImageCopy copy{};
  copy.bufferOffset = command.src_offset;
  copy.imageSubresource = {command.image.aspect, command.image.mip, command.image.layer, 1};
  copy.imageExtent = {command.image.width, command.image.height, command.image.depth};
  functions_.vkCmdCopyBufferToImage(commands_, from_raw<VkBuffer>(command.src),
                                    from_raw<VkImage>(command.image.handle),
                                    VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &copy);
  VkImageMemoryBarrier leave = leave_transfer_barrier(command.image, handover_);
  leave.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
  // A release makes nothing visible: that is for the family that acquires.
  leave.dstAccessMask = handover_.needed() ? 0 : kAnyAccess;
  functions_.vkCmdPipelineBarrier(commands_, VK_PIPELINE_STAGE_TRANSFER_BIT,
                                  VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 0, nullptr, 0, nullptr, 1,
                                  &leave);
}

void CopyRecorder::record(std::span<const CopyCommand> commands) noexcept {
  memory_barrier(VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT,
                 VK_ACCESS_MEMORY_WRITE_BIT, kTransferAccess);
  for (const CopyCommand& command : commands) {
    if (command.kind == CopyCommand::Kind::BufferToImage) {
      copy_image(command);
    } else {
      copy_buffer(command);
    }
  }
  flush();
  // What the CPU reads once the submission is complete must reach it too.
  memory_barrier(VK_PIPELINE_STAGE_TRANSFER_BIT,
                 VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT,
                 VK_ACCESS_TRANSFER_WRITE_BIT, kAnyAccess | VK_ACCESS_HOST_READ_BIT);
}

}  // namespace framealloc::gpu::vulkan_detail
