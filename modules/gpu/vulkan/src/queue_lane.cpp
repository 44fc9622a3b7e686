// SPDX-License-Identifier: MIT OR Apache-2.0
#include "queue_lane.hpp"

#include "copy_recorder.hpp"

#include <algorithm>
#include <array>

namespace framealloc::gpu::vulkan_detail {

VkResult QueueLane::open(const VulkanFunctions& functions, const VulkanBackendConfig& config,
                         VkQueue queue, std::uint32_t family, Line line,
                         Progress& progress) noexcept {
  functions_ = &functions;
  device_ = config.device;
  callbacks_ = config.callbacks;
  queue_ = queue;
  family_ = family;
  line_ = line;
  progress_ = &progress;
  VkCommandPoolCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  info.flags =
      VK_COMMAND_POOL_CREATE_TRANSIENT_BIT | VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  info.queueFamilyIndex = family;
  return functions.vkCreateCommandPool(device_, &info, callbacks_, &pool_);
}

QueueLane::~QueueLane() {
  if (pool_ != VK_NULL_HANDLE) functions_->vkDestroyCommandPool(device_, pool_, callbacks_);
}

DeviceStatus QueueLane::take_slot(std::size_t& index) noexcept {
  const std::uint64_t reached = progress_->reached(line_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].value <= reached) return index = i, DeviceStatus::Ok;
  }
  if (!slots_.reserve_more(1)) return DeviceStatus::OutOfMemory;
  VkCommandBufferAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  info.commandPool = pool_;
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = 1;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  const VkResult made = functions_->vkAllocateCommandBuffers(device_, &info, &commands);
  if (made != VK_SUCCESS) return progress_->note(made);
  index = slots_.size();
  static_cast<void>(slots_.push({commands, 0}));  // there is room
  return DeviceStatus::Ok;
}

DeviceStatus QueueLane::record(VkCommandBuffer buffer, std::span<const CopyCommand> commands,
                               std::uint32_t owner) noexcept {
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  const VkResult begun = functions_->vkBeginCommandBuffer(buffer, &begin);
  if (begun != VK_SUCCESS) return progress_->note(begun);
  CopyRecorder(*functions_, buffer, {family_, owner}).record(commands);
  return progress_->note(functions_->vkEndCommandBuffer(buffer));
}

DeviceStatus QueueLane::send(const VkCommandBuffer* commands, const Signal& signal,
                             std::span<const LaneWait> waits) noexcept {
  std::array<VkSemaphore, kMostWaits> semaphores{};
  std::array<std::uint64_t, kMostWaits> values{};
  std::array<VkPipelineStageFlags, kMostWaits> stages{};
  for (std::size_t i = 0; i < waits.size(); ++i) {
    semaphores[i] = waits[i].semaphore;
    values[i] = waits[i].value;
    stages[i] = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
  }
  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.waitSemaphoreCount = static_cast<std::uint32_t>(waits.size());
  submit.pWaitSemaphores = semaphores.data();
  submit.pWaitDstStageMask = stages.data();
  submit.commandBufferCount = commands == nullptr ? 0 : 1;
  submit.pCommandBuffers = commands;
  VkTimelineSemaphoreSubmitInfo timeline{};
  if (signal.semaphore != VK_NULL_HANDLE) {
    timeline.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO;
    timeline.waitSemaphoreValueCount = submit.waitSemaphoreCount;
    timeline.pWaitSemaphoreValues = values.data();
    timeline.signalSemaphoreValueCount = 1;
    timeline.pSignalSemaphoreValues = &signal.value;
    submit.pNext = &timeline;
    submit.signalSemaphoreCount = 1;
    submit.pSignalSemaphores = &signal.semaphore;
  }
  VkFence fence = signal.fence == nullptr ? VK_NULL_HANDLE : signal.fence->fence;
  return progress_->note(functions_->vkQueueSubmit(queue_, 1, &submit, fence));
}

DeviceStatus QueueLane::submit(std::span<const CopyCommand> commands, std::uint64_t serial,
                               std::uint32_t owner, std::span<const LaneWait> waits,
                               std::uint64_t ticket) noexcept {
  if (waits.size() > kMostWaits) return DeviceStatus::Failed;
  std::size_t slot = 0;
  if (!commands.empty()) {
    if (const DeviceStatus taken = take_slot(slot); taken != DeviceStatus::Ok) return taken;
    const DeviceStatus recorded = record(slots_[slot].commands, commands, owner);
    if (recorded != DeviceStatus::Ok) return recorded;
  }
  Signal signal;
  const DeviceStatus prepared = progress_->prepare(line_, signal);
  if (prepared != DeviceStatus::Ok) return prepared;
  const DeviceStatus sent =
      send(commands.empty() ? nullptr : &slots_[slot].commands, signal, waits);
  if (sent != DeviceStatus::Ok) {
    progress_->abandon(signal);
    return sent;
  }
  if (!commands.empty()) slots_[slot].value = signal.value;
  progress_->submitted(signal, serial, ticket);
  return DeviceStatus::Ok;
}

}  // namespace framealloc::gpu::vulkan_detail
