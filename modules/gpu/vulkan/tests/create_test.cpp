// SPDX-License-Identifier: MIT OR Apache-2.0
// How a backend refuses to be made. No driver is needed: the getter here is the test's own.
#include "functions.hpp"

#include <gtest/gtest.h>
#include <framealloc/gpu/vulkan/backend.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::gpu {
namespace {

std::uint32_t device_version = VK_API_VERSION_1_1;
std::string_view hidden;
std::vector<std::string> asked;

VKAPI_ATTR void VKAPI_CALL get_properties(VkPhysicalDevice, VkPhysicalDeviceProperties* out) {
  *out = {};
  out->apiVersion = device_version;
}

VKAPI_ATTR void VKAPI_CALL never_called() {
  ADD_FAILURE() << "a function was called though one could not be found";
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL getter(VkInstance, const char* name) {
  asked.emplace_back(name);
  if (name == hidden) return nullptr;
  if (std::string_view(name) == "vkGetPhysicalDeviceProperties")
    return reinterpret_cast<PFN_vkVoidFunction>(&get_properties);
  return &never_called;
}

template <class Handle>
Handle some_handle() {
  static char something;
  return reinterpret_cast<Handle>(&something);
}

class Create : public ::testing::Test {
 protected:
  Create() {
    config.instance = some_handle<VkInstance>();
    config.physical_device = some_handle<VkPhysicalDevice>();
    config.device = some_handle<VkDevice>();
    config.queue = some_handle<VkQueue>();
    config.get_instance_proc_addr = &getter;
    device_version = VK_API_VERSION_1_1;
    hidden = {};
    asked.clear();
  }
  void expect_refused(Code code, std::string_view text) {
    const auto made = VulkanBackend::create(config);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, code);
    EXPECT_NE(made.error().message.view().find(text), std::string_view::npos)
        << made.error().message.view();
  }
  VulkanBackendConfig config;
};

TEST_F(Create, NamesTheHandleThatIsMissing) {
  const VulkanBackendConfig whole = config;
  config.instance = VK_NULL_HANDLE;
  expect_refused(Code::FA010, "VulkanBackendConfig::instance ");
  config = whole;
  config.physical_device = VK_NULL_HANDLE;
  expect_refused(Code::FA010, "VulkanBackendConfig::physical_device ");
  config = whole;
  config.device = VK_NULL_HANDLE;
  expect_refused(Code::FA010, "VulkanBackendConfig::device ");
  config = whole;
  config.queue = VK_NULL_HANDLE;
  expect_refused(Code::FA010, "VulkanBackendConfig::queue ");
  EXPECT_TRUE(asked.empty());
}

TEST_F(Create, ACallerCannotSignalFramesWithoutTimelineSemaphores) {
  config.caller_signals_frames = true;
  expect_refused(Code::FA010, "caller_signals_frames needs timeline_semaphore");
}

TEST_F(Create, NeedsVulkan11) {
  config.api_version = VK_API_VERSION_1_0;
  expect_refused(Code::FA418, "below Vulkan 1.1");
  config.api_version = VK_API_VERSION_1_3;
  device_version = VK_API_VERSION_1_0;
  expect_refused(Code::FA418, "below Vulkan 1.1");
}

// Result: every function that a backend of the configuration looks up.
std::vector<std::string> functions_of(const VulkanBackendConfig& config, std::uint32_t version) {
  asked.clear();
  vulkan_detail::VulkanFunctions functions;
  EXPECT_EQ(functions.load(&getter, config, version), nullptr);
  return asked;
}

TEST_F(Create, NamesTheFunctionThatCannotBeFound) {
  for (const bool all : {false, true}) {
    config.timeline_semaphore = all;
    config.buffer_device_address = all;
    config.debug_utils = all;
    const std::vector<std::string> needed = functions_of(config, VK_API_VERSION_1_1);
    EXPECT_GT(needed.size(), 20U);
    for (const std::string& function : needed) {
      hidden = function;
      expect_refused(Code::FA419, "the function " + function + " cannot be found");
    }
    hidden = {};
  }
  hidden = "vkGetPhysicalDeviceProperties";
  expect_refused(Code::FA419, hidden);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The loader has functions of 1.2 even where the device is older: calling them is no use.
TEST_F(Create, AnOlderDeviceIsAskedByTheNamesOfItsExtensions) {
  config.timeline_semaphore = true;
  config.buffer_device_address = true;
  config.debug_utils = true;
  const auto older = functions_of(config, VK_API_VERSION_1_1);
  EXPECT_TRUE(contains(older, "vkWaitSemaphoresKHR"));
  EXPECT_TRUE(contains(older, "vkGetBufferDeviceAddressKHR"));
  EXPECT_FALSE(contains(older, "vkWaitSemaphores"));
  const auto newer = functions_of(config, VK_API_VERSION_1_2);
  EXPECT_TRUE(contains(newer, "vkWaitSemaphores"));
  EXPECT_FALSE(contains(newer, "vkWaitSemaphoresKHR"));
  for (const auto& names : {older, newer}) {
    EXPECT_TRUE(contains(names, "vkSetDebugUtilsObjectNameEXT"));
    EXPECT_FALSE(contains(names, "vkCreateFence"));
  }
}

}  // namespace
}  // namespace framealloc::gpu
