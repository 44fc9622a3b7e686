// SPDX-License-Identifier: MIT OR Apache-2.0
// Images, and resources of the caller's: any thread.
#include "handles.hpp"
#include "image_access.hpp"
#include "state.hpp"

#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan/backend.hpp>

namespace framealloc::gpu {
namespace {

using vulkan_detail::from_raw;
using vulkan_detail::ImageAccess;
using vulkan_detail::State;
using vulkan_detail::to_raw;

Error fail(GpuAllocator& gpu, Code code, std::string_view message) noexcept {
  return vulkan_detail::reported(gpu.host(), code, message);
}

Error fail_status(GpuAllocator& gpu, DeviceStatus status, std::string_view call) noexcept {
  Text<192> message;
  switch (status) {
    case DeviceStatus::OutOfMemory:
      return fail(gpu, Code::FA416, message.append(call).append(": the driver had no memory"));
    case DeviceStatus::Unsupported:
      return fail(gpu, Code::FA418,
                  message.append(call).append(": the device has no such image; ask "
                                              "vkGetPhysicalDeviceImageFormatProperties"));
    case DeviceStatus::Lost:
      return fail(gpu, Code::FA419, message.append(call).append(": the device is lost"));
    default:
      return fail(gpu, Code::FA419, message.append(call).append(": the driver failed"));
  }
}

OffsetKind kind_of(VkImageTiling tiling) noexcept {
  return tiling == VK_IMAGE_TILING_LINEAR ? OffsetKind::Linear : OffsetKind::Optimal;
}

}  // namespace

Result<VulkanImage> VulkanBackend::create_image(GpuAllocator& gpu, const VkImageCreateInfo& info,
                                                const GpuAllocRequirements& request) noexcept {
  State& state = *state_;
  if (&gpu.backend() != this) {
    return fail(gpu, Code::FA010, "create_image(): the GpuAllocator is one of another backend");
  }
  VkImage made = VK_NULL_HANDLE;
  const VkResult created =
      state.vk.vkCreateImage(state.config.device, &info, state.config.callbacks, &made);
  if (created != VK_SUCCESS) {
    return fail_status(gpu, state.progress.note(created), "vkCreateImage");
  }
  const DeviceNeeds needs = vulkan_detail::needs_of_image(state, made);
  Result<ResourceMemory> memory =
      gpu.allocate_resource(needs, kind_of(info.tiling), request, to_raw(made));
  if (!memory) {
    state.vk.vkDestroyImage(state.config.device, made, state.config.callbacks);
    return memory.error();
  }
  const VkResult bound = state.vk.vkBindImageMemory(
      state.config.device, made, from_raw<VkDeviceMemory>(memory->memory()), memory->offset());
  if (bound != VK_SUCCESS) {
    return fail_status(gpu, state.progress.note(bound), "vkBindImageMemory");
  }
  if (state.transfer.is_open()) state.origins.add(to_raw(made), false);
  vulkan_detail::name_object(state, VK_OBJECT_TYPE_IMAGE, to_raw(made), request.name);
  return ImageAccess::make(*std::move(memory), info, gpu.host());
}

Result<VulkanMemory> VulkanBackend::allocate_for(GpuAllocator& gpu, VkImage image,
                                                 const GpuAllocRequirements& request) noexcept {
  if (&gpu.backend() != this) {
    return fail(gpu, Code::FA010, "allocate_for(): the GpuAllocator is one of another backend");
  }
  if (image == VK_NULL_HANDLE) return fail(gpu, Code::FA011, "allocate_for(): no image");
  // Whether it is tiled optimally is not known: then it is the kind that keeps others apart.
  Result<ResourceMemory> memory =
      gpu.allocate_resource(vulkan_detail::needs_of_image(*state_, image), OffsetKind::Optimal,
                            request, ResourceOwner{to_raw(image), 0, false});
  if (!memory) return memory.error();
  return VulkanMemory(*std::move(memory));
}

Result<VulkanMemory> VulkanBackend::allocate_for(GpuAllocator& gpu, VkBuffer buffer,
                                                 const GpuAllocRequirements& request) noexcept {
  if (&gpu.backend() != this) {
    return fail(gpu, Code::FA010, "allocate_for(): the GpuAllocator is one of another backend");
  }
  if (buffer == VK_NULL_HANDLE) return fail(gpu, Code::FA011, "allocate_for(): no buffer");
  Result<ResourceMemory> memory =
      gpu.allocate_resource(vulkan_detail::needs_of_buffer(*state_, buffer), OffsetKind::Linear,
                            request, ResourceOwner{0, to_raw(buffer), false});
  if (!memory) return memory.error();
  return VulkanMemory(*std::move(memory));
}

}  // namespace framealloc::gpu
