// SPDX-License-Identifier: MIT OR Apache-2.0
#include "loader.hpp"

#include <dlfcn.h>

#include <initializer_list>

namespace framealloc::gpu::vulkan_detail {

VulkanLoader::~VulkanLoader() {
  if (library_ != nullptr) dlclose(library_);
}

PFN_vkGetInstanceProcAddr VulkanLoader::open() noexcept {
  for (const char* name : {"libvulkan.so.1", "libvulkan.so"}) {
    library_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library_ != nullptr) break;
  }
  if (library_ == nullptr) return nullptr;
  return reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library_, "vkGetInstanceProcAddr"));
}

}  // namespace framealloc::gpu::vulkan_detail
