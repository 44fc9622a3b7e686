// SPDX-License-Identifier: MIT OR Apache-2.0
// Which memory types serve an intent, best first.
#pragma once

#include "device/memory_gate.hpp"

#include <framealloc/gpu/device_info.hpp>
#include <framealloc/gpu/intent.hpp>

#include <array>
#include <cstdint>

namespace framealloc::gpu::detail {

// All types that serve an intent, of which a request takes those that its resource allows. The ones
// from `last_resort` on are for resources that none of those before would do for: DeviceOnly
// memory does not fall back from local heaps, nor staging memory to the window of local memory.
class TypeOrder {
 public:
  TypeOrder() = default;
  TypeOrder(const GpuDeviceInfo& info, GpuMemoryIntent intent) noexcept;
  // Effect: visit(type) for each type of the mask, best first, until it says true. Result: how many
  // were visited.
  template <class F>
  unsigned visit(std::uint32_t mask, F&& visit) const noexcept {
    unsigned visited = 0;
    for (unsigned i = 0; i < count_; ++i) {
      if (i >= last_resort_ && visited != 0) break;
      if ((mask >> types_[i] & 1) == 0) continue;
      ++visited;
      if (visit(static_cast<unsigned>(types_[i]))) break;
    }
    return visited;
  }
  [[nodiscard]] bool serves(std::uint32_t mask) const noexcept {
    return visit(mask, [](unsigned) { return true; }) != 0;
  }

 private:
  void add(const GpuDeviceInfo& info,
           bool (*wanted)(const GpuMemoryTypeInfo& type, bool local)) noexcept;
  std::array<std::uint8_t, kMaxTypes> types_{};
  unsigned count_ = 0;
  unsigned last_resort_ = kMaxTypes;
};

}  // namespace framealloc::gpu::detail
