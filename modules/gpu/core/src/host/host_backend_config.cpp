// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/host_backend.hpp>

namespace framealloc::gpu {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

GpuMemoryTypeInfo local() {
  GpuMemoryTypeInfo type;
  type.device_local = true;
  return type;
}

GpuMemoryTypeInfo visible(unsigned heap, bool local, bool coherent, bool cached) {
  GpuMemoryTypeInfo type;
  type.heap = heap;
  type.device_local = local;
  type.host_visible = true;
  type.host_coherent = coherent;
  type.host_cached = cached;
  return type;
}

}  // namespace

HostBackendConfig HostBackendConfig::discrete() noexcept {
  HostBackendConfig config;
  config.heaps = {{256 * kMiB, true}, {512 * kMiB, false}, {16 * kMiB, true}};
  config.types = {local(), visible(1, false, true, false), visible(1, false, true, true),
                  visible(2, true, true, false), visible(1, false, false, true)};
  return config;
}

HostBackendConfig HostBackendConfig::integrated() noexcept {
  HostBackendConfig config;
  config.heaps = {{512 * kMiB, true}};
  config.types = {visible(0, true, true, true)};
  return config;
}

HostBackendConfig HostBackendConfig::mobile() noexcept {
  HostBackendConfig config;
  config.heaps = {{512 * kMiB, true}};
  config.types = {local(), visible(0, true, true, false), visible(0, true, false, true)};
  return config;
}

HostBackendConfig HostBackendConfig::with_limited_support() noexcept {
  HostBackendConfig config;
  config.heaps = {{256 * kMiB, true}, {64 * kMiB, false}};
  config.types = {local(), visible(1, false, true, false)};
  config.visible_for_upload_only = true;
  return config;
}

}  // namespace framealloc::gpu
