// SPDX-License-Identifier: MIT OR Apache-2.0
// Device memory for a resource that a backend or the program has made: an image, a foreign buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc::gpu {

namespace detail {
struct BufferAccess;
struct BufferRecord;
}  // namespace detail

/// Whose memory it is, by the backend's handles.
struct ResourceOwner {
  std::uint64_t image = 0;   ///< which dedicated memory is for
  std::uint64_t buffer = 0;  ///< the same
  bool owned = false;  ///< destroy_image() is called for the image when the memory has been retired
};

/// For backends, which make types of their own of it. Move-only; retired as a GpuBuffer is: when
/// the GPU is done, the backend's destroy_image() is called for the image that it owns, then the
/// memory is used again. It may outlive its allocator: it is empty then.
/// Thread contract: one thread at a time for one; different ones are independent.
class ResourceMemory {
 public:
  ResourceMemory() = default;
  ResourceMemory(ResourceMemory&& other) noexcept
      : record_(std::exchange(other.record_, nullptr)) {}
  ResourceMemory& operator=(ResourceMemory&& other) noexcept {
    ResourceMemory(std::move(other)).swap(*this);
    return *this;
  }
  ~ResourceMemory() {
    if (record_ != nullptr) let_go();
  }
  void swap(ResourceMemory& other) noexcept { std::swap(record_, other.record_); }
  [[nodiscard]] explicit operator bool() const noexcept;

  /// Result: DeviceMemory::handle.
  [[nodiscard]] std::uint64_t memory() const noexcept;
  /// Result: where in that memory, in bytes.
  [[nodiscard]] std::size_t offset() const noexcept;
  /// Result: bytes, at least DeviceNeeds::size.
  [[nodiscard]] std::size_t size() const noexcept;
  /// Result: null where the memory is not visible.
  [[nodiscard]] std::byte* mapped() const noexcept;
  /// Result: what was given as owned; 0: nothing.
  [[nodiscard]] std::uint64_t owned_image() const noexcept;

 private:
  friend struct detail::BufferAccess;
  void let_go() noexcept;
  detail::BufferRecord* record_ = nullptr;
};

}  // namespace framealloc::gpu
