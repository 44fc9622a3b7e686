// SPDX-License-Identifier: MIT OR Apache-2.0
// Device memory and buffers: any thread.
#include "handles.hpp"
#include "state.hpp"

#include <framealloc/gpu/vulkan/backend.hpp>
#include <framealloc/text.hpp>

#include <algorithm>

namespace framealloc::gpu {
namespace {

using vulkan_detail::from_raw;
using vulkan_detail::State;
using vulkan_detail::to_raw;

constexpr std::uint32_t kKnownUsage = 0x1FF;

// Effect: `next` stands in front of the chain of `info`.
template <class Info, class Next>
void chain(Info& info, Next& next) noexcept {
  next.pNext = info.pNext;
  info.pNext = &next;
}

bool supports(const State& state, BufferUsage usage) noexcept {
  const auto bits = static_cast<std::uint32_t>(usage);
  const bool addressed = has(usage, BufferUsage::DeviceAddress);
  if (addressed && !state.config.buffer_device_address) return false;
  const std::uint32_t rest = bits & ~static_cast<std::uint32_t>(BufferUsage::DeviceAddress);
  return bits != 0 && (rest & ~kKnownUsage) == 0;
}

/// What a shader, a copy or an address could write is not the CPU's alone, wherever it lies: where
/// all memory is one, the CPU sees everything.
bool only_cpu_writes(BufferUsage usage) noexcept {
  return (usage & (BufferUsage::TransferDst | BufferUsage::StorageBuffer |
                   BufferUsage::StorageTexelBuffer | BufferUsage::DeviceAddress)) ==
         BufferUsage::None;
}

VkResult make_buffer(const State& state, std::size_t size, BufferUsage usage,
                     VkBuffer& buffer) noexcept {
  const std::uint32_t families[] = {state.lane.family(), state.transfer.family()};
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = size;
  info.usage = static_cast<VkBufferUsageFlags>(usage);
  info.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  if (state.shares_buffers()) {
    info.sharingMode = VK_SHARING_MODE_CONCURRENT;
    info.queueFamilyIndexCount = 2;
    info.pQueueFamilyIndices = families;
  }
  return state.vk.vkCreateBuffer(state.config.device, &info, state.config.callbacks, &buffer);
}

VkMappedMemoryRange range_of(const DeviceMemory& memory, std::size_t offset,
                             std::size_t size) noexcept {
  VkMappedMemoryRange range{};
  range.sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE;
  range.memory = from_raw<VkDeviceMemory>(memory.handle);
  range.offset = offset;
  range.size = size;
  return range;
}

}  // namespace

namespace vulkan_detail {

DeviceNeeds needs_from(const DeviceProfile& profile, const VkMemoryRequirements& requirements,
                       const VkMemoryDedicatedRequirements& dedicated) noexcept {
  return {.size = static_cast<std::size_t>(requirements.size),
          .alignment = static_cast<std::size_t>(requirements.alignment),
          .type_mask = profile.mask_of(requirements.memoryTypeBits),
          .prefers_dedicated = dedicated.prefersDedicatedAllocation != VK_FALSE,
          .requires_dedicated = dedicated.requiresDedicatedAllocation != VK_FALSE};
}

DeviceNeeds needs_of_image(const State& state, VkImage image) noexcept {
  VkImageMemoryRequirementsInfo2 info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_REQUIREMENTS_INFO_2;
  info.image = image;
  VkMemoryDedicatedRequirements dedicated{};
  dedicated.sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS;
  VkMemoryRequirements2 requirements{};
  requirements.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2;
  requirements.pNext = &dedicated;
  state.vk.vkGetImageMemoryRequirements2(state.config.device, &info, &requirements);
  return needs_from(state.profile, requirements.memoryRequirements, dedicated);
}

DeviceNeeds needs_of_buffer(const State& state, VkBuffer buffer) noexcept {
  VkBufferMemoryRequirementsInfo2 info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2;
  info.buffer = buffer;
  VkMemoryDedicatedRequirements dedicated{};
  dedicated.sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS;
  VkMemoryRequirements2 requirements{};
  requirements.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2;
  requirements.pNext = &dedicated;
  state.vk.vkGetBufferMemoryRequirements2(state.config.device, &info, &requirements);
  return needs_from(state.profile, requirements.memoryRequirements, dedicated);
}

void name_object(const State& state, VkObjectType type, std::uint64_t handle,
                 std::string_view name) noexcept {
  if (!state.config.debug_utils || name.empty()) return;
  const Text<64> text(name);
  VkDebugUtilsObjectNameInfoEXT info{};
  info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT;
  info.objectType = type;
  info.objectHandle = handle;
  info.pObjectName = text.c_str();
  static_cast<void>(state.vk.vkSetDebugUtilsObjectName(state.config.device, &info));
}

}  // namespace vulkan_detail

DeviceStatus VulkanBackend::allocate_memory(const DeviceMemoryRequest& request,
                                            DeviceMemory& memory) noexcept {
  State& state = *state_;
  if (state.progress.lost()) return DeviceStatus::Lost;
  if (request.type >= info().types.size()) return DeviceStatus::Failed;
  VkMemoryAllocateInfo wanted{};
  wanted.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  wanted.allocationSize = request.size;
  wanted.memoryTypeIndex = state.profile.vulkan_type(request.type);
  VkMemoryPriorityAllocateInfoEXT priority{};
  if (state.config.memory_priority) {
    priority.sType = VK_STRUCTURE_TYPE_MEMORY_PRIORITY_ALLOCATE_INFO_EXT;
    priority.priority = std::clamp(request.priority, 0.0F, 1.0F);
    chain(wanted, priority);
  }
  VkMemoryAllocateFlagsInfo flags{};
  if (request.device_address && state.config.buffer_device_address) {
    flags.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO;
    flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
    chain(wanted, flags);
  }
  VkMemoryDedicatedAllocateInfo dedicated{};
  if (request.dedicated_buffer != 0 || request.dedicated_image != 0) {
    dedicated.sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO;
    dedicated.buffer = from_raw<VkBuffer>(request.dedicated_buffer);
    dedicated.image = from_raw<VkImage>(request.dedicated_image);
    chain(wanted, dedicated);
  }
  VkDeviceMemory made = VK_NULL_HANDLE;
  const VkResult allocated =
      state.vk.vkAllocateMemory(state.config.device, &wanted, state.config.callbacks, &made);
  if (allocated != VK_SUCCESS) return state.progress.note(allocated);
  memory = {to_raw(made), nullptr};
  if (!info().types[request.type].host_visible) return DeviceStatus::Ok;
  void* mapped = nullptr;
  const VkResult result =
      state.vk.vkMapMemory(state.config.device, made, 0, VK_WHOLE_SIZE, 0, &mapped);
  if (result != VK_SUCCESS) {
    state.vk.vkFreeMemory(state.config.device, made, state.config.callbacks);
    memory = {};
    return state.progress.note(result);
  }
  memory.mapped = static_cast<std::byte*>(mapped);
  return DeviceStatus::Ok;
}

void VulkanBackend::free_memory(const DeviceMemory& memory) noexcept {
  // Freeing unmaps.
  state_->vk.vkFreeMemory(state_->config.device, from_raw<VkDeviceMemory>(memory.handle),
                          state_->config.callbacks);
}

DeviceNeeds VulkanBackend::needs_of(std::size_t size, BufferUsage usage) noexcept {
  DeviceBuffer buffer;
  if (create_buffer(size, usage, buffer) != DeviceStatus::Ok) return {};
  destroy_buffer(buffer.handle);
  return buffer.needs;
}

DeviceStatus VulkanBackend::create_buffer(std::size_t size, BufferUsage usage,
                                          DeviceBuffer& buffer) noexcept {
  State& state = *state_;
  if (state.progress.lost()) return DeviceStatus::Lost;
  if (size == 0 || !supports(state, usage)) return DeviceStatus::Unsupported;
  VkBuffer made = VK_NULL_HANDLE;
  const VkResult created = make_buffer(state, size, usage, made);
  if (created != VK_SUCCESS) return state.progress.note(created);
  buffer = {to_raw(made), needs_of_buffer(state, made)};
  if (state.transfer.is_open()) state.origins.add(buffer.handle, only_cpu_writes(usage));
  return DeviceStatus::Ok;
}

DeviceStatus VulkanBackend::bind_buffer(std::uint64_t buffer, const DeviceMemory& memory,
                                        std::size_t offset) noexcept {
  State& state = *state_;
  const VkResult bound =
      state.vk.vkBindBufferMemory(state.config.device, from_raw<VkBuffer>(buffer),
                                  from_raw<VkDeviceMemory>(memory.handle), offset);
  if (bound != VK_SUCCESS) return state.progress.note(bound);
  return DeviceStatus::Ok;
}

void VulkanBackend::destroy_buffer(std::uint64_t buffer) noexcept {
  if (state_->transfer.is_open()) state_->origins.remove(buffer);
  state_->vk.vkDestroyBuffer(state_->config.device, from_raw<VkBuffer>(buffer),
                             state_->config.callbacks);
}

void VulkanBackend::destroy_image(std::uint64_t image) noexcept {
  State& state = *state_;
  if (state.transfer.is_open()) {
    state.origins.remove(image);
    const std::scoped_lock lock(state.mutex);
    state.released.drop_if([&](const vulkan_detail::ReleasedImage& released) {
      return released.image.handle == image;
    });
  }
  state.vk.vkDestroyImage(state.config.device, from_raw<VkImage>(image), state.config.callbacks);
}

std::uint64_t VulkanBackend::device_address(std::uint64_t buffer) noexcept {
  const State& state = *state_;
  if (!state.config.buffer_device_address) return 0;
  VkBufferDeviceAddressInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO;
  info.buffer = from_raw<VkBuffer>(buffer);
  return state.vk.vkGetBufferDeviceAddress(state.config.device, &info);
}

void VulkanBackend::set_name(std::uint64_t buffer, std::string_view name) noexcept {
  vulkan_detail::name_object(*state_, VK_OBJECT_TYPE_BUFFER, buffer, name);
}

DeviceStatus VulkanBackend::flush(const DeviceMemory& memory, std::size_t offset,
                                  std::size_t size) noexcept {
  const VkMappedMemoryRange range = range_of(memory, offset, size);
  return state_->progress.note(
      state_->vk.vkFlushMappedMemoryRanges(state_->config.device, 1, &range));
}

DeviceStatus VulkanBackend::invalidate(const DeviceMemory& memory, std::size_t offset,
                                       std::size_t size) noexcept {
  const VkMappedMemoryRange range = range_of(memory, offset, size);
  return state_->progress.note(
      state_->vk.vkInvalidateMappedMemoryRanges(state_->config.device, 1, &range));
}

void VulkanBackend::query_budgets(std::span<DeviceHeapBudget> heaps) noexcept {
  const State& state = *state_;
  if (!state.config.memory_budget) return;
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budgets{};
  budgets.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT;
  VkPhysicalDeviceMemoryProperties2 properties{};
  properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2;
  properties.pNext = &budgets;
  state.vk.vkGetPhysicalDeviceMemoryProperties2(state.config.physical_device, &properties);
  for (std::size_t heap = 0; heap < heaps.size() && heap < info().heaps.size(); ++heap) {
    // Some drivers have the extension and no figures.
    if (budgets.heapBudget[heap] == 0) continue;
    DeviceHeapBudget& budget = heaps[heap];
    budget.budget =
        static_cast<std::size_t>(std::min<VkDeviceSize>(budgets.heapBudget[heap], SIZE_MAX));
    budget.usage =
        static_cast<std::size_t>(std::min<VkDeviceSize>(budgets.heapUsage[heap], SIZE_MAX));
    budget.measured = true;
  }
}

}  // namespace framealloc::gpu
