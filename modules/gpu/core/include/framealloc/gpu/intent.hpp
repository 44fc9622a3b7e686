// SPDX-License-Identifier: MIT OR Apache-2.0
// Which side accesses GPU memory, and how: the words from which the memory type follows.
#pragma once

#include <cstdint>

namespace framealloc::gpu {

/// Which side accesses the memory, and how. It decides the memory type; modules/gpu/README.md has
/// the order. Staging and HostVisible memory is coherent on every device. HostCached and Readback
/// memory may not be: map(), unmap(), flush() and invalidate() of GpuBuffer keep the rules of the
/// device then.
enum class GpuMemoryIntent : std::uint8_t {
  DeviceOnly,   ///< the GPU alone: textures, static meshes, what compute writes. Cannot be mapped
  HostVisible,  ///< the CPU writes front to back, the GPU reads it there: uniforms, dynamic
                ///< vertices
  HostCached,   ///< the CPU reads and writes in any order, the GPU too
  Staging,   ///< the CPU writes, the GPU copies from it. Never in the small window of device memory
  Readback,  ///< the GPU copies to it, the CPU reads. Cached where there is a choice
};
inline constexpr unsigned kGpuMemoryIntents = 5;

/// The original's words for memory; an intent says more.
enum class MemoryType : std::uint8_t { DeviceLocal, HostVisible, HostCoherent, HostCached, Lazy };

/// Result: DeviceLocal and Lazy are DeviceOnly, HostVisible and HostCoherent are HostVisible,
/// HostCached is HostCached.
[[nodiscard]] constexpr GpuMemoryIntent intent_of(MemoryType type) noexcept {
  switch (type) {
    case MemoryType::HostVisible:
    case MemoryType::HostCoherent:
      return GpuMemoryIntent::HostVisible;
    case MemoryType::HostCached:
      return GpuMemoryIntent::HostCached;
    case MemoryType::DeviceLocal:
    case MemoryType::Lazy:
      break;
  }
  return GpuMemoryIntent::DeviceOnly;
}

/// What the CPU is going to do with mapped memory.
enum class MapMode : std::uint8_t { Read, Write, ReadWrite };

}  // namespace framealloc::gpu
