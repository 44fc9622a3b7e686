// SPDX-License-Identifier: MIT OR Apache-2.0
// A Vulkan device of one's own: what an engine has already and an example must make. Shared by
// gpu_particles, the tests of the Vulkan backend and its benchmark.
#pragma once

#include <dlfcn.h>
#include <vulkan/vulkan.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace vulkan_device {

struct Options {
  bool timeline = true;    // the feature timelineSemaphore
  bool addresses = false;  // the feature bufferDeviceAddress
  bool validate = false;   // the Khronos validation layer, with synchronization validation
  bool names = false;      // VK_EXT_debug_utils
  std::uint32_t api_version = VK_API_VERSION_1_2;
  const VkAllocationCallbacks* callbacks = nullptr;  // none of the device's own objects use them
};

// Effect: opens the loader, an instance, the first device with a queue for compute, and that queue.
// Everything is destroyed with it. error() says what failed; the object is of no use then.
class Device {
 public:
  explicit Device(const Options& options = {}) {
    library_ = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) {
      error_ = "there is no libvulkan.so.1";
      return;
    }
    getter = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library_, "vkGetInstanceProcAddr"));
    if (open_instance(options) && choose_device()) open_device(options);
  }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() {
    if (device != VK_NULL_HANDLE) {
      get<PFN_vkDeviceWaitIdle>("vkDeviceWaitIdle")(device);
      get<PFN_vkDestroyDevice>("vkDestroyDevice")(device, nullptr);
    }
    if (messenger_ != VK_NULL_HANDLE) {
      get<PFN_vkDestroyDebugUtilsMessengerEXT>("vkDestroyDebugUtilsMessengerEXT")(
          instance, messenger_, nullptr);
    }
    if (instance != VK_NULL_HANDLE)
      get<PFN_vkDestroyInstance>("vkDestroyInstance")(instance, nullptr);
    // The library stays: drivers leave threads and thread-local destructors behind.
  }

  const std::string& error() const { return error_; }
  // Result: warnings and errors of the validation layer so far, and the last one's text.
  unsigned messages() const { return messages_.load(); }
  const std::string& last_message() const { return last_message_; }

  template <class Function>
  Function get(const char* function) const {
    return reinterpret_cast<Function>(getter(instance, function));
  }

  PFN_vkGetInstanceProcAddr getter = nullptr;
  VkInstance instance = VK_NULL_HANDLE;
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  VkDevice device = VK_NULL_HANDLE;
  VkQueue queue = VK_NULL_HANDLE;
  std::uint32_t family = 0;
  std::string name;

 private:
  bool fail(const char* what, VkResult result) {
    error_ = std::string(what) + " failed with VkResult " + std::to_string(result);
    return false;
  }

  static VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                                   VkDebugUtilsMessageTypeFlagsEXT,
                                                   const VkDebugUtilsMessengerCallbackDataEXT* data,
                                                   void* context) {
    auto* const self = static_cast<Device*>(context);
    std::fprintf(stderr, "validation: %s\n", data->pMessage);
    self->last_message_ = data->pMessage;
    self->messages_.fetch_add(1);
    return VK_FALSE;
  }

  bool open_instance(const Options& options) {
    VkApplicationInfo application{};
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.pApplicationName = "framealloc";
    application.apiVersion = options.api_version;
    std::vector<const char*> layers;
    std::vector<const char*> extensions;
    if (options.validate || options.names) extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    const VkValidationFeatureEnableEXT enabled[] = {
        VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
    VkValidationFeaturesEXT features{};
    features.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT;
    features.enabledValidationFeatureCount = 1;
    features.pEnabledValidationFeatures = enabled;
    VkDebugUtilsMessengerCreateInfoEXT listen{};
    listen.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT;
    listen.messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                             VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    listen.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                         VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
    listen.pfnUserCallback = on_message;
    listen.pUserData = this;
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    info.pApplicationInfo = &application;
    if (options.validate) {
      layers.push_back("VK_LAYER_KHRONOS_validation");
      info.pNext = &features;
    }
    info.enabledLayerCount = static_cast<std::uint32_t>(layers.size());
    info.ppEnabledLayerNames = layers.data();
    info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
    info.ppEnabledExtensionNames = extensions.data();
    const VkResult made = reinterpret_cast<PFN_vkCreateInstance>(
        getter(VK_NULL_HANDLE, "vkCreateInstance"))(&info, nullptr, &instance);
    if (made != VK_SUCCESS) return fail("vkCreateInstance", made);
    if (!options.validate) return true;
    const VkResult listening = get<PFN_vkCreateDebugUtilsMessengerEXT>(
        "vkCreateDebugUtilsMessengerEXT")(instance, &listen, nullptr, &messenger_);
    return listening == VK_SUCCESS || fail("vkCreateDebugUtilsMessengerEXT", listening);
  }

  // A discrete GPU before an integrated one before the rest.
  bool choose_device() {
    const auto enumerate = get<PFN_vkEnumeratePhysicalDevices>("vkEnumeratePhysicalDevices");
    std::uint32_t count = 0;
    enumerate(instance, &count, nullptr);
    std::vector<VkPhysicalDevice> devices(count);
    enumerate(instance, &count, devices.data());
    int best = -1;
    for (VkPhysicalDevice candidate : devices) {
      VkPhysicalDeviceProperties properties{};
      get<PFN_vkGetPhysicalDeviceProperties>("vkGetPhysicalDeviceProperties")(candidate,
                                                                              &properties);
      const int rank = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU     ? 2
                       : properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU ? 1
                                                                                         : 0;
      if (rank <= best) continue;
      best = rank;
      physical = candidate;
      name = properties.deviceName;
    }
    if (physical == VK_NULL_HANDLE) error_ = "there is no Vulkan device";
    return physical != VK_NULL_HANDLE;
  }

  bool open_device(const Options& options) {
    std::uint32_t count = 0;
    const auto families = get<PFN_vkGetPhysicalDeviceQueueFamilyProperties>(
        "vkGetPhysicalDeviceQueueFamilyProperties");
    families(physical, &count, nullptr);
    std::vector<VkQueueFamilyProperties> all(count);
    families(physical, &count, all.data());
    while (family < count && (all[family].queueFlags & VK_QUEUE_COMPUTE_BIT) == 0) ++family;
    if (family == count) {
      error_ = "the device has no queue for compute";
      return false;
    }
    const float priority = 1.0F;
    VkDeviceQueueCreateInfo queues{};
    queues.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queues.queueFamilyIndex = family;
    queues.queueCount = 1;
    queues.pQueuePriorities = &priority;
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline{};
    timeline.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES;
    timeline.timelineSemaphore = VK_TRUE;
    VkPhysicalDeviceBufferDeviceAddressFeatures addresses{};
    addresses.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES;
    addresses.bufferDeviceAddress = VK_TRUE;
    VkDeviceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    info.queueCreateInfoCount = 1;
    info.pQueueCreateInfos = &queues;
    if (options.timeline) {
      timeline.pNext = const_cast<void*>(info.pNext);
      info.pNext = &timeline;
    }
    if (options.addresses) {
      addresses.pNext = const_cast<void*>(info.pNext);
      info.pNext = &addresses;
    }
    const VkResult made =
        get<PFN_vkCreateDevice>("vkCreateDevice")(physical, &info, nullptr, &device);
    if (made != VK_SUCCESS) return fail("vkCreateDevice", made);
    get<PFN_vkGetDeviceQueue>("vkGetDeviceQueue")(device, family, 0, &queue);
    return true;
  }

  void* library_ = nullptr;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  std::atomic<unsigned> messages_{0};
  std::string last_message_;
  std::string error_;
};

}  // namespace vulkan_device
