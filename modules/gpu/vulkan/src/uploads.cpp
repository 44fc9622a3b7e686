// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies to images, and batches in the caller's own commands.
#include "copy_recorder.hpp"
#include "format.hpp"
#include "handles.hpp"
#include "image_access.hpp"
#include "state.hpp"

#include <framealloc/gpu/transfer_batch.hpp>
#include <framealloc/gpu/vulkan/backend.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace framealloc::gpu {
namespace {

using vulkan_detail::FormatBlock;
using vulkan_detail::ImageAccess;

struct Level {
  std::uint32_t mip = 0, layer = 0;
  VkExtent3D extent{};
};

VkExtent3D extent_of_mip(const VkExtent3D& whole, std::uint32_t mip) noexcept {
  const auto at = [&](std::uint32_t length) { return std::max(length >> mip, 1U); };
  return {at(whole.width), at(whole.height), at(whole.depth)};
}

void append_extent(Text<192>& text, const VkExtent3D& extent) noexcept {
  text.append(extent.width).append(" x ").append(extent.height);
  text.append(" x ").append(extent.depth);
}

/// Result: what is wrong with the request; Code::None: nothing.
Error check(const VulkanImage& dst, const FormatBlock& block, const Level& level,
            std::size_t bytes) noexcept {
  const auto& info = ImageAccess::info(dst);
  Text<192> text("upload(): ");
  if ((info.usage & VK_IMAGE_USAGE_TRANSFER_DST_BIT) == 0) {
    return {Code::FA412, text.append("the image lacks VK_IMAGE_USAGE_TRANSFER_DST_BIT")};
  }
  if (block.bytes == 0) {
    text.append("VkFormat ").append(static_cast<int>(info.format));
    return {Code::FA418, text.append(" has two aspects, or is none of Vulkan 1.0: copy yourself")};
  }
  if (level.mip >= info.mips || level.layer >= info.layers) {
    text.append("mip ").append(level.mip).append(" of layer ").append(level.layer);
    text.append("; the image has ").append(info.mips).append(" mips and ").append(info.layers);
    return {Code::FA011, text.append(" layers")};
  }
  const VkExtent3D whole = extent_of_mip(info.extent, level.mip);
  if (level.extent.width != whole.width || level.extent.height != whole.height ||
      level.extent.depth != whole.depth) {
    append_extent(text, level.extent);
    text.append(" pixels; mip ").append(level.mip).append(" has ");
    append_extent(text, whole);
    return {Code::FA011, text.append(": give all of them")};
  }
  const std::size_t expected = vulkan_detail::bytes_of(block, level.extent);
  if (bytes == expected) return {};
  text.append(bytes).append(" bytes; mip ").append(level.mip).append(" has ").append(expected);
  return {Code::FA011, text.append(", rows without gaps")};
}

}  // namespace

Result<void> VulkanBackend::upload(TransferBatch& batch, const VulkanImage& dst,
                                   std::span<const std::byte> data, VkExtent3D extent,
                                   VkImageLayout to, VkImageLayout from, std::uint32_t mip,
                                   std::uint32_t layer) noexcept {
  if (!dst) return Error{Code::FA011, "upload(): the VulkanImage is empty"};
  const auto& info = ImageAccess::info(dst);
  const FormatBlock block = vulkan_detail::block_of(info.format);
  Error wrong = check(dst, block, {mip, layer, extent}, data.size());
  if (wrong.code == Code::None &&
      (to == VK_IMAGE_LAYOUT_UNDEFINED || to == VK_IMAGE_LAYOUT_PREINITIALIZED)) {
    wrong = {Code::FA011, "upload(): an image cannot go to the layout UNDEFINED or PREINITIALIZED"};
  }
  if (wrong.code != Code::None)
    return vulkan_detail::reported(*info.host, wrong.code, wrong.message);

  // Vulkan wants the offset on a multiple of the block and of 4: room is made to move it there,
  // since neither 3 nor 12 is a power of two.
  const std::size_t step = std::lcm(block.bytes, std::size_t{4});
  const std::size_t room = (step & (step - 1)) == 0 ? 0 : step;
  Result<GpuSlice> staged =
      batch.stage(data.size() + room, room == 0 ? std::max(step, std::size_t{16}) : 16);
  if (!staged) return staged.error();
  const std::uint64_t offset = (staged->offset + step - 1) / step * step;
  std::memcpy(staged->data + (offset - staged->offset), data.data(), data.size());

  CopyCommand command;
  command.kind = CopyCommand::Kind::BufferToImage;
  command.src = staged->buffer;
  command.src_offset = static_cast<std::size_t>(offset);
  command.size = data.size();
  command.image.handle = vulkan_detail::to_raw(dst.image());
  command.image.width = extent.width;
  command.image.height = extent.height;
  command.image.depth = extent.depth;
  command.image.mip = mip;
  command.image.layer = layer;
  command.image.layout_before = static_cast<std::uint32_t>(from);
  command.image.layout_after = static_cast<std::uint32_t>(to);
  command.image.aspect = block.aspect;
  return batch.record(command, &ImageAccess::memory(dst));
}

Result<Ticket> VulkanBackend::record(TransferBatch batch, VkCommandBuffer commands) noexcept {
  // The batch is handed over first: what it holds then stays for the frame, and nothing is recorded
  // if that fails.
  vulkan_detail::GrowArray<CopyCommand> copies;
  const std::span<const CopyCommand> recorded = batch.commands();
  if (!copies.reserve_more(recorded.size()))
    return Error{Code::FA012, "record(): no memory for the copies of the batch"};
  for (const CopyCommand& copy : recorded) static_cast<void>(copies.push(copy));
  Result<Ticket> ticket = batch.hand_to_frame();
  if (!ticket || copies.empty()) return ticket;
  if (state_->transfer.is_open())
    vulkan_detail::note_used(*state_, {copies.begin(), copies.size()});
  vulkan_detail::CopyRecorder(state_->vk, commands, {}).record({copies.begin(), copies.size()});
  return ticket;
}

}  // namespace framealloc::gpu
