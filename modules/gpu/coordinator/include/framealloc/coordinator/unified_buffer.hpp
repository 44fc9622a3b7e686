// SPDX-License-Identifier: MIT OR Apache-2.0
// A buffer with up to two sides.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/coordinator/words.hpp>
#include <framealloc/gpu.hpp>
#include <framealloc/gpu/annotations.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace framealloc::coordinator {

namespace detail {
class UnifiedState;
struct SidesAccess;

// What a UnifiedBuffer holds.
struct BufferSides {
  UnifiedState* state = nullptr;  // a share; null: no buffer
  std::size_t size = 0;
  gpu::BufferUsage usage = gpu::BufferUsage::None;  // of the GPU's side where it is made later
  BufferLocation location = BufferLocation::CpuOnly;
  BufferLocation before = BufferLocation::CpuOnly;  // counts if the last transfer is lost
  bool staged = false;                              // the CPU's side is `staging`
  bool awaits = false;                              // something is on its way to `heap`
  bool counts_cpu = false, counts_gpu = false;      // in the usage
  std::uint64_t transfers = 0;  // number of the submission of the last transfer; 0: none
  std::byte* heap = nullptr;    // the CPU's side, if there is one that is not staged
  gpu::GpuBuffer staging;
  gpu::GpuBuffer device;   // the GPU's side
  gpu::Readback arriving;  // of the last transfer to the CPU
};
}  // namespace detail

/// One buffer with up to two sides. Move-only. Its device side ends with it, when the GPU is done.
/// It may outlive its UnifiedAllocator, and keeps the SmartAlloc alive that its CPU side is of; it
/// may outlive the GpuAllocator, and its device side answers empty then.
///
/// Thread contract: one thread at a time for one buffer; buffers are independent.
class UnifiedBuffer {
 public:
  UnifiedBuffer() = default;
  UnifiedBuffer(UnifiedBuffer&& other) noexcept
      : sides_(std::exchange(other.sides_, detail::BufferSides())) {}
  UnifiedBuffer& operator=(UnifiedBuffer&& other) noexcept {
    UnifiedBuffer(std::move(other)).swap(*this);
    return *this;
  }
  ~UnifiedBuffer() {
    if (sides_.state != nullptr) let_go();
  }
  void swap(UnifiedBuffer& other) noexcept { std::swap(sides_, other.sides_); }
  [[nodiscard]] explicit operator bool() const noexcept { return sides_.state != nullptr; }

  /// Result: bytes.
  [[nodiscard]] std::size_t size() const noexcept { return sides_.size; }
  /// Result: Synchronized from the call of a transfer on. A transfer whose submission failed has
  /// not been.
  [[nodiscard]] BufferLocation location() const noexcept;
  /// Result: the CPU's side; empty without one. That of a staging buffer is the mapped staging
  /// memory itself, there for the frame that made it; asked for later it is empty, and reported
  /// (FA415). What transfer_to_cpu() brings is in it when last_transfer() is complete.
  /// cpu_slice_mut() makes the buffer CpuOnly again: the GPU's side is older then, and what was
  /// still on its way from there does not come.
  FRAMEALLOC_GPU_MAPS [[nodiscard]] std::span<const std::byte> cpu_slice() const noexcept
      FRAMEALLOC_LIFETIMEBOUND;
  FRAMEALLOC_GPU_MAPS [[nodiscard]] std::span<std::byte> cpu_slice_mut() noexcept
      FRAMEALLOC_LIFETIMEBOUND;
  template <class T>
  [[nodiscard]] std::span<const T> cpu_slice_as() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::span<const std::byte> bytes = cpu_slice();
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  template <class T>
  [[nodiscard]] std::span<T> cpu_slice_mut_as() noexcept FRAMEALLOC_LIFETIMEBOUND {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::span<std::byte> bytes = cpu_slice_mut();
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  /// Result: null without a GPU side.
  [[nodiscard]] gpu::GpuBuffer* gpu_buffer() noexcept FRAMEALLOC_LIFETIMEBOUND {
    return sides_.device ? &sides_.device : nullptr;
  }
  [[nodiscard]] const gpu::GpuBuffer* gpu_buffer() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return sides_.device ? &sides_.device : nullptr;
  }
  /// Result: when the last transfer is complete; 0 before the first, and when its submission
  /// failed. Until the transfer has been submitted, the end of the frame that will submit it.
  [[nodiscard]] gpu::Ticket last_transfer() const noexcept;

 private:
  friend struct detail::SidesAccess;
  void let_go() noexcept;
  // Arriving data is taken in on the next read, which changes nothing that a caller could observe.
  mutable detail::BufferSides sides_;
};

}  // namespace framealloc::coordinator
