// SPDX-License-Identifier: MIT OR Apache-2.0
// A compute shader over two storage buffers, and command buffers to dispatch it from: an engine's
// own part of a frame.
#pragma once

#include "vulkan/device.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vulkan_device {

struct StorageRange {
  VkBuffer buffer = VK_NULL_HANDLE;
  VkDeviceSize offset = 0, size = 0;
};

// `slots` frames may be in flight: each has a command buffer and a descriptor set of its own.
class Compute {
 public:
  // `words` is SPIR-V whose main() has bindings 0 and 1 of storage buffers and a push constant with
  // the number of elements; `group` invocations make a workgroup.
  Compute(const Device& device, std::span<const std::uint32_t> words, std::uint32_t group,
          unsigned slots)
      : device_(device), group_(group) {
    make_pipeline(words);
    make_slots(slots);
  }
  Compute(const Compute&) = delete;
  Compute& operator=(const Compute&) = delete;
  ~Compute() {
    get<PFN_vkDeviceWaitIdle>("vkDeviceWaitIdle")(device_.device);
    get<PFN_vkDestroyCommandPool>("vkDestroyCommandPool")(device_.device, commands_, nullptr);
    get<PFN_vkDestroyDescriptorPool>("vkDestroyDescriptorPool")(device_.device, sets_, nullptr);
    get<PFN_vkDestroyPipeline>("vkDestroyPipeline")(device_.device, pipeline_, nullptr);
    get<PFN_vkDestroyPipelineLayout>("vkDestroyPipelineLayout")(device_.device, layout_, nullptr);
    get<PFN_vkDestroyDescriptorSetLayout>("vkDestroyDescriptorSetLayout")(device_.device,
                                                                          set_layout_, nullptr);
    get<PFN_vkDestroyShaderModule>("vkDestroyShaderModule")(device_.device, shader_, nullptr);
  }

  // Effect: begins the slot's command buffer. Requirement: the frame that used it is complete.
  VkCommandBuffer begin(unsigned slot) {
    VkCommandBufferBeginInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    get<PFN_vkBeginCommandBuffer>("vkBeginCommandBuffer")(slots_[slot].commands, &info);
    return slots_[slot].commands;
  }

  // Effect: records a dispatch over `count` elements. Requirement: once in a slot's recording.
  void dispatch(unsigned slot, const StorageRange& in, const StorageRange& out,
                std::uint32_t count) {
    const VkDescriptorBufferInfo buffers[] = {{in.buffer, in.offset, in.size},
                                              {out.buffer, out.offset, out.size}};
    VkWriteDescriptorSet write{};
    write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    write.dstSet = slots_[slot].set;
    write.descriptorCount = 2;
    write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    write.pBufferInfo = buffers;
    get<PFN_vkUpdateDescriptorSets>("vkUpdateDescriptorSets")(device_.device, 1, &write, 0,
                                                              nullptr);
    VkCommandBuffer commands = slots_[slot].commands;
    get<PFN_vkCmdBindPipeline>("vkCmdBindPipeline")(commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                                    pipeline_);
    get<PFN_vkCmdBindDescriptorSets>("vkCmdBindDescriptorSets")(
        commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout_, 0, 1, &slots_[slot].set, 0, nullptr);
    get<PFN_vkCmdPushConstants>("vkCmdPushConstants")(commands, layout_,
                                                      VK_SHADER_STAGE_COMPUTE_BIT, 0, 4, &count);
    get<PFN_vkCmdDispatch>("vkCmdDispatch")(commands, (count + group_ - 1) / group_, 1, 1);
  }

  // Effect: ends the slot's recording and submits it. It waits for `wait` and signals `signal`,
  // timeline semaphores both, where they are not null.
  VkResult submit(unsigned slot, VkSemaphore wait, std::uint64_t wait_value, VkSemaphore signal,
                  std::uint64_t signal_value) {
    get<PFN_vkEndCommandBuffer>("vkEndCommandBuffer")(slots_[slot].commands);
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    VkTimelineSemaphoreSubmitInfo values{};
    values.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO;
    values.waitSemaphoreValueCount = wait != VK_NULL_HANDLE ? 1 : 0;
    values.pWaitSemaphoreValues = &wait_value;
    values.signalSemaphoreValueCount = signal != VK_NULL_HANDLE ? 1 : 0;
    values.pSignalSemaphoreValues = &signal_value;
    VkSubmitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    if (wait != VK_NULL_HANDLE || signal != VK_NULL_HANDLE) info.pNext = &values;
    info.waitSemaphoreCount = values.waitSemaphoreValueCount;
    info.pWaitSemaphores = &wait;
    info.pWaitDstStageMask = &stage;
    info.commandBufferCount = 1;
    info.pCommandBuffers = &slots_[slot].commands;
    info.signalSemaphoreCount = values.signalSemaphoreValueCount;
    info.pSignalSemaphores = &signal;
    return get<PFN_vkQueueSubmit>("vkQueueSubmit")(device_.queue, 1, &info, VK_NULL_HANDLE);
  }
  VkResult submit(unsigned slot) { return submit(slot, VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0); }

 private:
  struct Slot {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    VkDescriptorSet set = VK_NULL_HANDLE;
  };

  template <class Function>
  Function get(const char* name) const {
    return device_.get<Function>(name);
  }

  void make_pipeline(std::span<const std::uint32_t> words) {
    VkShaderModuleCreateInfo shader{};
    shader.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
    shader.codeSize = words.size_bytes();
    shader.pCode = words.data();
    get<PFN_vkCreateShaderModule>("vkCreateShaderModule")(device_.device, &shader, nullptr,
                                                          &shader_);
    VkDescriptorSetLayoutBinding bindings[2]{};
    for (std::uint32_t i = 0; i < 2; ++i) {
      bindings[i] = {i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr};
    }
    VkDescriptorSetLayoutCreateInfo set{};
    set.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
    set.bindingCount = 2;
    set.pBindings = bindings;
    get<PFN_vkCreateDescriptorSetLayout>("vkCreateDescriptorSetLayout")(device_.device, &set,
                                                                        nullptr, &set_layout_);
    const VkPushConstantRange constants{VK_SHADER_STAGE_COMPUTE_BIT, 0, 4};
    VkPipelineLayoutCreateInfo layout{};
    layout.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
    layout.setLayoutCount = 1;
    layout.pSetLayouts = &set_layout_;
    layout.pushConstantRangeCount = 1;
    layout.pPushConstantRanges = &constants;
    get<PFN_vkCreatePipelineLayout>("vkCreatePipelineLayout")(device_.device, &layout, nullptr,
                                                              &layout_);
    VkComputePipelineCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
    info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
    info.stage.module = shader_;
    info.stage.pName = "main";
    info.layout = layout_;
    get<PFN_vkCreateComputePipelines>("vkCreateComputePipelines")(device_.device, VK_NULL_HANDLE, 1,
                                                                  &info, nullptr, &pipeline_);
  }

  void make_slots(unsigned slots) {
    slots_.resize(slots);
    VkCommandPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
    pool.queueFamilyIndex = device_.family;
    get<PFN_vkCreateCommandPool>("vkCreateCommandPool")(device_.device, &pool, nullptr, &commands_);
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 2 * slots};
    VkDescriptorPoolCreateInfo sets{};
    sets.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    sets.maxSets = slots;
    sets.poolSizeCount = 1;
    sets.pPoolSizes = &size;
    get<PFN_vkCreateDescriptorPool>("vkCreateDescriptorPool")(device_.device, &sets, nullptr,
                                                              &sets_);
    for (Slot& slot : slots_) {
      VkCommandBufferAllocateInfo buffer{};
      buffer.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
      buffer.commandPool = commands_;
      buffer.commandBufferCount = 1;
      get<PFN_vkAllocateCommandBuffers>("vkAllocateCommandBuffers")(device_.device, &buffer,
                                                                    &slot.commands);
      VkDescriptorSetAllocateInfo set{};
      set.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
      set.descriptorPool = sets_;
      set.descriptorSetCount = 1;
      set.pSetLayouts = &set_layout_;
      get<PFN_vkAllocateDescriptorSets>("vkAllocateDescriptorSets")(device_.device, &set,
                                                                    &slot.set);
    }
  }

  const Device& device_;
  std::uint32_t group_;
  VkShaderModule shader_ = VK_NULL_HANDLE;
  VkDescriptorSetLayout set_layout_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline pipeline_ = VK_NULL_HANDLE;
  VkDescriptorPool sets_ = VK_NULL_HANDLE;
  VkCommandPool commands_ = VK_NULL_HANDLE;
  std::vector<Slot> slots_;
};

}  // namespace vulkan_device
