// SPDX-License-Identifier: MIT OR Apache-2.0
#include "vulkan/probe.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace vulkan_device {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr VkMemoryHeap kHeaps[] = {{256 * kMiB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT},
                                   {512 * kMiB, 0},
                                   {16 * kMiB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT}};
constexpr VkMemoryPropertyFlags kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
constexpr VkMemoryPropertyFlags kVisible = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
constexpr VkMemoryPropertyFlags kCoherent = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
constexpr VkMemoryPropertyFlags kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
constexpr VkMemoryType kTypes[] = {{kLocal, 0},
                                   {kVisible | kCoherent, 1},
                                   {kVisible | kCoherent | kCached, 1},
                                   {kLocal | kVisible | kCoherent, 2},
                                   {kVisible | kCached, 1}};
constexpr std::uint32_t kAllTypes = 0x1F;
constexpr std::uint64_t kAtom = 64;

Probe* the_probe = nullptr;

}  // namespace

// The functions that stand in for the device's.
struct ProbeCalls {
  template <class Function>
  static Function real(const char* name) {
    return reinterpret_cast<Function>(the_probe->real_(the_probe->instance_, name));
  }
  template <class Function>
  static void count(Function change) {
    const std::scoped_lock lock(the_probe->mutex_);
    change(the_probe->counts_);
  }

  static VKAPI_ATTR void VKAPI_CALL memory_properties(VkPhysicalDevice device,
                                                      VkPhysicalDeviceMemoryProperties2* out) {
    const auto next =
        real<PFN_vkGetPhysicalDeviceMemoryProperties2>("vkGetPhysicalDeviceMemoryProperties2");
    Probe& probe = *the_probe;
    VkPhysicalDeviceMemoryBudgetPropertiesEXT* budget = nullptr;
    for (auto* link = static_cast<VkBaseOutStructure*>(out->pNext); link != nullptr;
         link = link->pNext) {
      if (link->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT)
        budget = reinterpret_cast<VkPhysicalDeviceMemoryBudgetPropertiesEXT*>(link);
    }
    if (!probe.discrete_) {
      next(device, out);
    } else {
      VkPhysicalDeviceMemoryProperties& all = out->memoryProperties;
      all = {};
      all.memoryHeapCount = std::size(kHeaps);
      all.memoryTypeCount = std::size(kTypes);
      std::ranges::copy(kHeaps, all.memoryHeaps);
      std::ranges::copy(kTypes, all.memoryTypes);
    }
    if (budget == nullptr) return;
    const std::scoped_lock lock(probe.mutex_);
    ++probe.counts_.budget_queries;
    for (unsigned h = 0; h < out->memoryProperties.memoryHeapCount; ++h) {
      const std::uint64_t size = out->memoryProperties.memoryHeaps[h].size;
      budget->heapBudget[h] = probe.budgets_[h] != 0 ? probe.budgets_[h] : size;
      budget->heapUsage[h] = probe.held_[h] + probe.external_[h];
    }
  }

  static VKAPI_ATTR VkResult VKAPI_CALL allocate(VkDevice device, const VkMemoryAllocateInfo* info,
                                                 const VkAllocationCallbacks* callbacks,
                                                 VkDeviceMemory* memory) {
    const auto next = real<PFN_vkAllocateMemory>("vkAllocateMemory");
    Probe& probe = *the_probe;
    const unsigned type = info->memoryTypeIndex;
    const unsigned heap = probe.discrete_ ? kTypes[type].heapIndex : 0;
    {
      const std::scoped_lock lock(probe.mutex_);
      ++probe.counts_.allocations;
      if (probe.fail_in_ != 0 && --probe.fail_in_ == 0) {
        probe.fail_in_ = probe.fail_on_ ? 1 : 0;
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
      }
      const bool full =
          probe.discrete_ && probe.held_[heap] + info->allocationSize > kHeaps[heap].size;
      if (full) return VK_ERROR_OUT_OF_DEVICE_MEMORY;
      probe.held_[heap] += info->allocationSize;
      probe.peak_[heap] = std::max(probe.peak_[heap], probe.held_[heap]);
    }
    VkMemoryAllocateInfo passed = *info;
    if (probe.discrete_) passed.memoryTypeIndex = 0;
    const VkResult result = next(device, &passed, callbacks, memory);
    const std::scoped_lock lock(probe.mutex_);
    if (result != VK_SUCCESS) {
      probe.held_[heap] -= info->allocationSize;
    } else {
      probe.live_[*memory] = {info->allocationSize, heap, type};
      probe.counts_.live_bytes += info->allocationSize;
    }
    return result;
  }

  static VKAPI_ATTR void VKAPI_CALL free(VkDevice device, VkDeviceMemory memory,
                                         const VkAllocationCallbacks* callbacks) {
    const auto next = real<PFN_vkFreeMemory>("vkFreeMemory");
    Probe& probe = *the_probe;
    {
      const std::scoped_lock lock(probe.mutex_);
      ++probe.counts_.frees;
      const auto found = probe.live_.find(memory);
      if (found == probe.live_.end()) {
        ++probe.counts_.violations;
      } else {
        probe.held_[found->second.heap] -= found->second.size;
        probe.counts_.live_bytes -= found->second.size;
        probe.live_.erase(found);
      }
    }
    next(device, memory, callbacks);
  }

  static VKAPI_ATTR VkResult VKAPI_CALL map(VkDevice device, VkDeviceMemory memory,
                                            VkDeviceSize offset, VkDeviceSize size,
                                            VkMemoryMapFlags flags, void** data) {
    const auto next = real<PFN_vkMapMemory>("vkMapMemory");
    Probe& probe = *the_probe;
    {
      const std::scoped_lock lock(probe.mutex_);
      ++probe.counts_.maps;
      const auto& mapped = probe.live_[memory];
      if (probe.discrete_ && (kTypes[mapped.type].propertyFlags & kVisible) == 0)
        ++probe.counts_.violations;
    }
    return next(device, memory, offset, size, flags, data);
  }

  static void check_ranges(std::uint32_t count, const VkMappedMemoryRange* ranges,
                           std::uint64_t ProbeCounts::* counter) {
    Probe& probe = *the_probe;
    const std::scoped_lock lock(probe.mutex_);
    for (std::uint32_t i = 0; i < count; ++i) {
      ++(probe.counts_.*counter);
      const VkMappedMemoryRange& range = ranges[i];
      const auto found = probe.live_.find(range.memory);
      const bool inside =
          found != probe.live_.end() && range.offset + range.size <= found->second.size;
      const bool on_atom =
          range.offset % kAtom == 0 &&
          (range.size % kAtom == 0 || (inside && range.offset + range.size == found->second.size));
      if (!inside || !on_atom) ++probe.counts_.violations;
    }
  }
  static VKAPI_ATTR VkResult VKAPI_CALL flush(VkDevice device, std::uint32_t count,
                                              const VkMappedMemoryRange* ranges) {
    const auto next = real<PFN_vkFlushMappedMemoryRanges>("vkFlushMappedMemoryRanges");
    check_ranges(count, ranges, &ProbeCounts::flushes);
    return next(device, count, ranges);
  }
  static VKAPI_ATTR VkResult VKAPI_CALL invalidate(VkDevice device, std::uint32_t count,
                                                   const VkMappedMemoryRange* ranges) {
    const auto next = real<PFN_vkInvalidateMappedMemoryRanges>("vkInvalidateMappedMemoryRanges");
    check_ranges(count, ranges, &ProbeCounts::invalidates);
    return next(device, count, ranges);
  }

  static VKAPI_ATTR void VKAPI_CALL properties(VkPhysicalDevice device,
                                               VkPhysicalDeviceProperties2* out) {
    const auto next = real<PFN_vkGetPhysicalDeviceProperties2>("vkGetPhysicalDeviceProperties2");
    next(device, out);
    if (the_probe->discrete_) out->properties.limits.nonCoherentAtomSize = kAtom;
  }
  static VKAPI_ATTR void VKAPI_CALL buffer_requirements(VkDevice device,
                                                        const VkBufferMemoryRequirementsInfo2* info,
                                                        VkMemoryRequirements2* out) {
    const auto next = real<PFN_vkGetBufferMemoryRequirements2>("vkGetBufferMemoryRequirements2");
    next(device, info, out);
    if (the_probe->discrete_) out->memoryRequirements.memoryTypeBits = kAllTypes;
  }
  static VKAPI_ATTR void VKAPI_CALL image_requirements(VkDevice device,
                                                       const VkImageMemoryRequirementsInfo2* info,
                                                       VkMemoryRequirements2* out) {
    const auto next = real<PFN_vkGetImageMemoryRequirements2>("vkGetImageMemoryRequirements2");
    next(device, info, out);
    if (the_probe->discrete_) out->memoryRequirements.memoryTypeBits = kAllTypes;
  }

  // --- The second queue --------------------------------------------------------------------------
  static VKAPI_ATTR VkResult VKAPI_CALL submit(VkQueue queue, std::uint32_t count,
                                               const VkSubmitInfo* infos, VkFence fence) {
    const auto next = real<PFN_vkQueueSubmit>("vkQueueSubmit");
    Probe& probe = *the_probe;
    const bool second = queue == reinterpret_cast<VkQueue>(&probe.queue_storage_);
    count_submission(second);
    return next(second ? probe.real_queue_ : queue, count, infos, fence);
  }
  static void count_submission(bool second) {
    count([&](ProbeCounts& counts) {
      ++counts.submissions;
      if (second) ++counts.transfer_submissions;
    });
  }
  static VKAPI_ATTR VkResult VKAPI_CALL create_pool(VkDevice device,
                                                    const VkCommandPoolCreateInfo* info,
                                                    const VkAllocationCallbacks* callbacks,
                                                    VkCommandPool* pool) {
    const auto next = real<PFN_vkCreateCommandPool>("vkCreateCommandPool");
    VkCommandPoolCreateInfo passed = *info;
    if (passed.queueFamilyIndex == Probe::kSecondFamily) passed.queueFamilyIndex = 0;
    return next(device, &passed, callbacks, pool);
  }
  static VKAPI_ATTR VkResult VKAPI_CALL create_buffer(VkDevice device,
                                                      const VkBufferCreateInfo* info,
                                                      const VkAllocationCallbacks* callbacks,
                                                      VkBuffer* buffer) {
    const auto next = real<PFN_vkCreateBuffer>("vkCreateBuffer");
    VkBufferCreateInfo passed = *info;
    if (the_probe->real_queue_ != VK_NULL_HANDLE) {
      // With two families every buffer must be shared by both.
      if (passed.sharingMode != VK_SHARING_MODE_CONCURRENT || passed.queueFamilyIndexCount != 2)
        count([](ProbeCounts& counts) { ++counts.violations; });
      passed.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
    }
    return next(device, &passed, callbacks, buffer);
  }
  // A hand-over is a transition on one real family: the release makes it, the acquire finds it
  // made.
  static VKAPI_ATTR void VKAPI_CALL
  barrier(VkCommandBuffer commands, VkPipelineStageFlags from, VkPipelineStageFlags to,
          VkDependencyFlags flags, std::uint32_t memory_count, const VkMemoryBarrier* memory,
          std::uint32_t buffer_count, const VkBufferMemoryBarrier* buffers,
          std::uint32_t image_count, const VkImageMemoryBarrier* images) {
    const auto next = real<PFN_vkCmdPipelineBarrier>("vkCmdPipelineBarrier");
    std::vector<VkImageMemoryBarrier> passed(images, images + image_count);
    for (VkImageMemoryBarrier& image : passed) {
      if (image.srcQueueFamilyIndex == image.dstQueueFamilyIndex) continue;
      const bool acquire = image.srcAccessMask == 0;
      if (image.srcQueueFamilyIndex != Probe::kSecondFamily || image.dstQueueFamilyIndex != 0)
        count([](ProbeCounts& counts) { ++counts.violations; });
      count([&](ProbeCounts& counts) { ++(acquire ? counts.acquires : counts.releases); });
      image.srcQueueFamilyIndex = image.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
      if (acquire) image.oldLayout = image.newLayout;
    }
    next(commands, from, to, flags, memory_count, memory, buffer_count, buffers, image_count,
         passed.data());
  }
};

Probe::Probe(PFN_vkGetInstanceProcAddr real, VkInstance instance, bool discrete)
    : real_(real), instance_(instance), discrete_(discrete) {
  the_probe = this;
}

Probe::~Probe() { the_probe = nullptr; }

VkQueue Probe::second_queue(VkQueue real) {
  real_queue_ = real;
  return reinterpret_cast<VkQueue>(&queue_storage_);
}

void Probe::fail_memory_at(std::uint64_t n, bool sticky) {
  const std::scoped_lock lock(mutex_);
  fail_in_ = n;
  fail_on_ = sticky;
}

ProbeCounts Probe::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

std::uint64_t Probe::heap_bytes(unsigned heap) const {
  const std::scoped_lock lock(mutex_);
  return held_[heap];
}

std::uint64_t Probe::heap_peak(unsigned heap) const {
  const std::scoped_lock lock(mutex_);
  return peak_[heap];
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL Probe::get(VkInstance instance, const char* name) {
  const std::string_view wanted = name;
  if (the_probe->hidden_ != nullptr && wanted == the_probe->hidden_) return nullptr;
  const std::pair<std::string_view, PFN_vkVoidFunction> kStandIns[] = {
      {"vkGetPhysicalDeviceMemoryProperties2",
       reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::memory_properties)},
      {"vkGetPhysicalDeviceProperties2",
       reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::properties)},
      {"vkAllocateMemory", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::allocate)},
      {"vkFreeMemory", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::free)},
      {"vkMapMemory", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::map)},
      {"vkFlushMappedMemoryRanges", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::flush)},
      {"vkInvalidateMappedMemoryRanges",
       reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::invalidate)},
      {"vkGetBufferMemoryRequirements2",
       reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::buffer_requirements)},
      {"vkGetImageMemoryRequirements2",
       reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::image_requirements)},
      {"vkQueueSubmit", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::submit)},
      {"vkCreateCommandPool", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::create_pool)},
      {"vkCreateBuffer", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::create_buffer)},
      {"vkCmdPipelineBarrier", reinterpret_cast<PFN_vkVoidFunction>(&ProbeCalls::barrier)}};
  for (const auto& [known, stand_in] : kStandIns) {
    if (wanted == known) return stand_in;
  }
  return the_probe->real_(instance, name);
}

}  // namespace vulkan_device
