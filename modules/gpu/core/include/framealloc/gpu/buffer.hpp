// SPDX-License-Identifier: MIT OR Apache-2.0
// A buffer, and the program's hold on it.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/annotations.hpp>
#include <framealloc/gpu/buffer_usage.hpp>
#include <framealloc/gpu/intent.hpp>
#include <framealloc/gpu/lifetime.hpp>
#include <framealloc/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace framealloc::gpu {

namespace detail {
struct BufferAccess;
struct BufferRecord;
}  // namespace detail

/// Move-only. When it ends, its memory is retired: used again when the GPU has completed everything
/// that was submitted before the end of the frame in which it ended. So it may end while the GPU
/// still reads it. It may outlive its allocator: every call then answers empty.
///
/// Thread contract: one thread at a time for one buffer; buffers are independent.
class GpuBuffer {
 public:
  GpuBuffer() = default;
  GpuBuffer(GpuBuffer&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
  GpuBuffer& operator=(GpuBuffer&& other) noexcept {
    GpuBuffer(std::move(other)).swap(*this);
    return *this;
  }
  ~GpuBuffer() {
    if (record_ != nullptr) let_go();
  }
  void swap(GpuBuffer& other) noexcept { std::swap(record_, other.record_); }
  /// Result: whether there is a buffer, and an allocator that it is of.
  [[nodiscard]] explicit operator bool() const noexcept;

  /// Result: bytes, as asked for.
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] GpuMemoryIntent intent() const noexcept;
  [[nodiscard]] GpuLifetime lifetime() const noexcept;
  /// Result: never None, but for an empty buffer.
  [[nodiscard]] BufferUsage usage() const noexcept;
  /// Result: the API's own handle (VkBuffer as an integer), and where in it the buffer begins.
  /// Persistent buffers have a handle of their own and offset 0; those of a frame share one.
  [[nodiscard]] std::uint64_t raw_handle() const noexcept;
  [[nodiscard]] std::uint64_t offset() const noexcept;
  /// Result: of the buffer's first byte; 0 unless usage has DeviceAddress.
  [[nodiscard]] std::uint64_t device_address() const noexcept;

  /// Result: the whole buffer, for the CPU; memory is mapped once and stays so: this is no system
  /// call. MapMode::Read and ReadWrite make what the GPU has completed visible. Empty and FA414 for
  /// DeviceOnly; empty and FA415 for frame memory whose frame is over. Reported, and still given:
  /// FA413 where a copy that touches the buffer has not completed.
  FRAMEALLOC_GPU_MAPS [[nodiscard]] std::span<std::byte> map(MapMode mode = MapMode::Write) noexcept
      FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: makes what was written since map() visible to what is submitted from now on. Where the
  /// memory is coherent it does nothing. Never needed before upload, copy and submit of this
  /// library, which do it themselves; needed before a submit of yours.
  void unmap() noexcept;
  /// The parts of that, by range, widened to the device's atom inside the buffer's own memory. Who
  /// flushes a part says by it what was written: map() to read flushes nothing else then, over what the
  /// GPU wrote there. unmap() and copies still take the rest with them.
  /// Failure: FA011 outside of the buffer; FA414 and FA415 as map(); FA419 the driver.
  FRAMEALLOC_GPU_MAPS Result<void> flush(std::size_t offset = 0,
                                         std::size_t size = SIZE_MAX) noexcept;
  FRAMEALLOC_GPU_MAPS Result<void> invalidate(std::size_t offset = 0,
                                              std::size_t size = SIZE_MAX) noexcept;
  /// Effect: counts as used in the current frame: evicted later than what was not.
  void touch() noexcept;

 private:
  friend struct detail::BufferAccess;
  void let_go() noexcept;
  detail::BufferRecord* record_ = nullptr;
};

}  // namespace framealloc::gpu
