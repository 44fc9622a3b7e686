// SPDX-License-Identifier: MIT OR Apache-2.0
// Mapped memory of one frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace framealloc::gpu {

/// Memory of the frame, mapped: the result of the hot path. Trivially copyable; owns nothing.
struct GpuSlice {
  std::byte* data = nullptr;  ///< write here; not null exactly when the slice is not empty
  std::uint64_t buffer = 0;   ///< raw handle of the buffer that it lies in (VkBuffer)
  std::uint64_t offset = 0;   ///< in that buffer, in bytes
  std::size_t size = 0;       ///< as asked for, in bytes
  std::uint64_t frame = 0;    ///< whose memory it is
  [[nodiscard]] explicit operator bool() const noexcept { return data != nullptr; }
  /// Requirement: T is trivially copyable and `data` aligned for it.
  template <class T>
  [[nodiscard]] std::span<T> as() const noexcept {
    return {reinterpret_cast<T*>(data), size / sizeof(T)};
  }
};

}  // namespace framealloc::gpu
