// SPDX-License-Identifier: MIT OR Apache-2.0
#include "functions.hpp"

namespace framealloc::gpu::vulkan_detail {
namespace {

enum class Condition { Always, Timeline, TimelineKhr, Fences, AddressKhr, NamesExt };

struct Spelling {
  const char* core;
  const char* khr;
  const char* ext;
};

bool wanted(Condition condition, const VulkanBackendConfig& config) noexcept {
  switch (condition) {
    case Condition::Timeline:
    case Condition::TimelineKhr:
      return config.timeline_semaphore;
    case Condition::Fences:
      return !config.timeline_semaphore;
    case Condition::AddressKhr:
      return config.buffer_device_address;
    case Condition::NamesExt:
      return config.debug_utils;
    case Condition::Always:
      break;
  }
  return true;
}

/// An instance has functions of versions above the device's, which then must not be called: so the
/// version decides about the name, not what can be found.
const char* spell(Condition condition, const Spelling& name, std::uint32_t version) noexcept {
  if (condition == Condition::NamesExt) return name.ext;
  const bool since_1_2 = condition == Condition::TimelineKhr || condition == Condition::AddressKhr;
  return since_1_2 && version < VK_API_VERSION_1_2 ? name.khr : name.core;
}

}  // namespace

const char* VulkanFunctions::load(PFN_vkGetInstanceProcAddr getter,
                                  const VulkanBackendConfig& config,
                                  std::uint32_t version) noexcept {
  const auto find = [&](Condition condition, const Spelling& name,
                        PFN_vkVoidFunction& found) -> const char* {
    if (!wanted(condition, config)) return nullptr;
    const char* const spelled = spell(condition, name, version);
    found = getter(config.instance, spelled);
    return found == nullptr ? spelled : nullptr;
  };
  PFN_vkVoidFunction found = nullptr;
#define FRAMEALLOC_VULKAN(function, condition)                                                     \
  found = nullptr;                                                                                 \
  if (const char* const missing =                                                                  \
          find(Condition::condition, {"vk" #function, "vk" #function "KHR", "vk" #function "EXT"}, \
               found)) {                                                                           \
    return missing;                                                                                \
  }                                                                                                \
  vk##function = reinterpret_cast<decltype(vk##function)>(found);
#include "functions.def"
#undef FRAMEALLOC_VULKAN
  return nullptr;
}

}  // namespace framealloc::gpu::vulkan_detail
