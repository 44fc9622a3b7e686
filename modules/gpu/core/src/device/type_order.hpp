// SPDX-License-Identifier: MIT OR Apache-2.0
// Which memory types serve an intent, best first.
#pragma once

#include "device/memory_gate.hpp"

#include <framealloc/gpu/device_info.hpp>
#include <framealloc/gpu/intent.hpp>

#include <array>
#include <cstdint>

namespace framealloc::gpu::detail {

class TypeOrder {
 public:
  // Effect: the types of the mask that serve the intent, each once.
  TypeOrder(const GpuDeviceInfo& info, GpuMemoryIntent intent, std::uint32_t mask) noexcept;
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] const std::uint8_t* begin() const noexcept { return types_.data(); }
  [[nodiscard]] const std::uint8_t* end() const noexcept { return types_.data() + count_; }

 private:
  std::array<std::uint8_t, kMaxTypes> types_{};
  unsigned count_ = 0;
};

}  // namespace framealloc::gpu::detail
