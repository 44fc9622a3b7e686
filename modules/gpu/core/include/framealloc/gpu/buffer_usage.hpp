// SPDX-License-Identifier: MIT OR Apache-2.0
// What a buffer is used for.
#pragma once

#include <framealloc/gpu/intent.hpp>

#include <cstdint>

namespace framealloc::gpu {

/// A set; the bits are Vulkan's.
enum class BufferUsage : std::uint32_t {
  None = 0,  ///< in a request: what the intent implies, see implied_usage()
  TransferSrc = 0x1,
  TransferDst = 0x2,
  UniformTexelBuffer = 0x4,
  StorageTexelBuffer = 0x8,
  UniformBuffer = 0x10,
  StorageBuffer = 0x20,
  IndexBuffer = 0x40,
  VertexBuffer = 0x80,
  IndirectBuffer = 0x100,
  DeviceAddress = 0x20000,
};

[[nodiscard]] constexpr BufferUsage operator|(BufferUsage a, BufferUsage b) noexcept {
  return static_cast<BufferUsage>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr BufferUsage operator&(BufferUsage a, BufferUsage b) noexcept {
  return static_cast<BufferUsage>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}
/// Result: whether `set` has every bit of `bits`.
[[nodiscard]] constexpr bool has(BufferUsage set, BufferUsage bits) noexcept {
  return (set & bits) == bits;
}

/// Result: TransferSrc for Staging, TransferDst for Readback; both for the others, and the uniform,
/// storage, index, vertex and indirect usages.
[[nodiscard]] constexpr BufferUsage implied_usage(GpuMemoryIntent intent) noexcept {
  if (intent == GpuMemoryIntent::Staging) return BufferUsage::TransferSrc;
  if (intent == GpuMemoryIntent::Readback) return BufferUsage::TransferDst;
  return BufferUsage::TransferSrc | BufferUsage::TransferDst | BufferUsage::UniformBuffer |
         BufferUsage::StorageBuffer | BufferUsage::IndexBuffer | BufferUsage::VertexBuffer |
         BufferUsage::IndirectBuffer;
}

}  // namespace framealloc::gpu
